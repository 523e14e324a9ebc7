import { z } from 'zod'
import { eventPatterns } from './domain/host-event.ts'
import { createSecret } from './domain/secret.ts'
import { refusalOf } from './posting/hostile-url.ts'

/** How events are handed to handlers of `app.on`. */
export const eventsSettings = z.strictObject({
  /** Tries of a handler that throws, a second apart at first and a minute in the end; then the event is parked. */
  maxAttempts: z.number().int().min(1).max(1_000).default(10),
  /** A handler that takes longer counts as one that threw. */
  handlerTimeoutSeconds: z.number().int().min(1).max(3_600).default(60),
})

// `whsec_` and base64 of 24 to 64 bytes:
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
const secret = z
  .string()
  .refine((text) => {
    const encoded = text.replace(/^whsec_/, '')
    const bytes = Buffer.from(encoded, 'base64')
    const isExact = bytes.toString('base64').replace(/=+$/, '') === encoded.replace(/=+$/, '')
    return text.startsWith('whsec_') && isExact && bytes.length >= 24 && bytes.length <= 64
  }, 'must be whsec_ and the base64 of 24 to 64 bytes')
  .transform(createSecret)

const endpoint = z.strictObject({
  /** Names the endpoint in the database: another address under the same id goes on where the old one was. */
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be like billing-system'),
  url: z.string().max(2_000),
  /** Newest first; each signs, so that receivers can change over one by one. */
  secrets: z.array(secret).min(1).max(5),
  /** Names, `message.*`, `verification.*` or `*`. */
  events: z.array(z.enum(eventPatterns)).min(1).default(['*']),
})

const day = 86_400

/** Events by signed HTTP requests, as Standard Webhooks has them. */
export const webhookSettings = z
  .strictObject({
    endpoints: z.array(endpoint).max(50).default([]),
    /** Lets endpoints be on this machine, without TLS too: for development. */
    allowLoopback: z.boolean().default(false),
    /** How long an endpoint may take to answer. */
    timeoutSeconds: z.number().int().min(1).max(60).default(15),
    /** Requests to one endpoint at the same time. With one of them events arrive in order while all goes well. */
    concurrency: z.number().int().min(1).max(100).default(5),
    /** Waits before it is tried again, each with up to a fifth more; then the event is given up. */
    retryAfterSeconds: z
      .array(z.number().int().min(1).max(day))
      .max(20)
      .default([5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]),
  })
  .superRefine(({ endpoints, allowLoopback }, context) => {
    const seen = new Set<string>()
    endpoints.forEach(({ id, url }, i) => {
      const refusal = refusalOf(url, { allowLoopback })
      if (refusal !== undefined)
        context.addIssue({ code: 'custom', path: ['endpoints', i, 'url'], message: refusal })
      if (seen.has(id))
        context.addIssue({
          code: 'custom',
          path: ['endpoints', i, 'id'],
          message: 'is there twice',
        })
      seen.add(id)
    })
  })
