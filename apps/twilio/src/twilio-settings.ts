import { z } from 'zod'
import { createSecret } from './domain/secret.ts'

const sid = (prefix: string) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}[0-9a-fA-F]{32}$`), `is not a SID (${prefix} and 32 hex digits)`)
// White space at the ends is what a copied token most often brings along.
const credential = z
  .string()
  .min(8)
  .regex(/^[\x21-\x7e]*$/, 'must be printable characters without white space')
  .transform(createSecret)

/** An absolute address of the web. */
export const httpUrl = z
  .string()
  .refine((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ''), 'is not an http(s) URL')

/** The account at Twilio, and how it is reached. */
export const twilioSettings = z.strictObject({
  accountSid: sid('AC'),
  /** Signs the webhooks, and the calls too unless `apiKey` is given. */
  authToken: credential,
  /** Tokens that are valid besides `authToken` while it is being rotated. */
  otherAuthTokens: z.array(credential).max(4).default([]),
  apiKey: z.strictObject({ sid: sid('SK'), secret: credential }).optional(),
  /** Sender of messages that name none. */
  defaultFrom: z.string().min(1).max(64).optional(),
  messagingServiceSid: sid('MG').optional(),
  verifyServiceSid: sid('VA').optional(),
  /** One origin for every Twilio product; for the simulator and for proxies. */
  baseUrl: httpUrl.optional(),
  connectTimeoutMs: z.number().int().min(10).max(10_000).default(5_000),
  responseTimeoutMs: z.number().int().min(10).max(20_000).default(15_000),
})
