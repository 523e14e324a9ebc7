import { z } from 'zod'

const forever = z.literal('forever')
const days = (least: number) => z.union([z.number().int().min(least).max(3_650), forever])

/** How long what is kept. Ages count from the acceptance of a message, or the start of a verification. */
export const retentionSettings = z.strictObject({
  /** Texts and metadata of messages. */
  textDays: days(1).default(30),
  /** The numbers of others; then they are masked. */
  numberDays: days(1).default(400),
  /** Ended and expired verifications. */
  verificationHours: z.union([z.number().int().min(1).max(87_600), forever]).default(24),
  /** Events of verifications, and the log of webhooks: longer than an event is tried to be delivered. */
  eventDays: z.number().int().min(4).max(400).default(7),
  /** Whole messages with their events: longer than an `Idempotency-Key`. */
  rowDays: days(8).default('forever'),
})
