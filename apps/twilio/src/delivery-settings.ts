import { z } from 'zod'

const seconds = (least: number, most: number) => z.number().int().min(least).max(most)

const pace = z.number().int().min(1).max(10_000)
/** How messages are handed to Twilio, and how they are looked after. */
export const deliverySettings = z.strictObject({
  /** Calls to Twilio at the same time, a process, once Twilio has shown that it takes them. */
  concurrency: z.number().int().min(1).max(500).default(32),
  /** Segments a second, over all processes: by `from_phone` or messaging service SID, and for the others. */
  pace: z
    .strictObject({ default: pace.optional(), senders: z.record(z.string(), pace).default({}) })
    .prefault({}),
  /** Must be longer than a call can take. */
  leaseSeconds: seconds(1, 600).default(30),
  /** How long an unanswered call rests before Twilio is asked. */
  settleAfterSeconds: seconds(0, 3_600).default(60),
  /** A message that this many workers went silent with is given up, so that it silences no more. */
  maxLapses: z.number().int().min(2).max(100).default(3),
  /** What to do when Twilio does not know the message after that time. */
  whenNotFound: z
    .strictObject({
      message: z.enum(['resend', 'fail']).default('resend'),
      verification: z.enum(['resend', 'fail']).default('fail'),
    })
    .prefault({}),
  /** Waits before Twilio is asked about a silent message; the last one repeats. */
  pollAfterSeconds: z.array(seconds(1, 86_400)).min(1).default([60, 120, 300, 900, 3_600]),
  /** A message that stayed silent this long is no longer asked about. */
  pollGiveUpSeconds: seconds(1, 30 * 86_400).default(86_400),
  /** Waits before Twilio is asked what a final message cost, as long as it has not told. */
  priceAfterSeconds: z.array(seconds(1, 30 * 86_400)).default([120, 3_600, 86_400]),
  /** Fall-back of the wake-up signal. */
  idlePollMs: z.number().int().min(10).max(60_000).default(1_000),
  /** How long a stop waits for calls in flight. */
  graceSeconds: seconds(0, 300).default(20),
})
