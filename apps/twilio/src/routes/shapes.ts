import { z } from 'zod'
import type { MessageEvent } from '../domain/event.ts'
import { channels, type Message, messageStatuses } from '../domain/message.ts'
import type { Instant } from '../domain/time.ts'

// The fields we promise, and how a row becomes them. A row is never sent as it is. The schemas are
// for documents and types: answers are not validated again, a test does that.

/** ISO 8601 in UTC, such as `2026-11-22T09:30:00.000Z`. */
const time = z.iso.datetime()
const status = z.enum(messageStatuses).meta({
  id: 'MessageStatus',
  description:
    '`SCHEDULED`, `QUEUED`: waits here. `SENDING`, `IN_DOUBT`: Twilio is being called; was called, and nobody knows. `ACCEPTED`: Twilio has it. `SENT`: the carrier has it; may be the last word. Final: `DELIVERED`, `UNDELIVERED`, `FAILED`, `CANCELED`, `EXPIRED`, `READ`. `RECEIVED`: a phone has written it.',
})
const errorCode = z
  .number()
  .int()
  .nullable()
  .meta({ description: 'Why it failed, as in https://www.twilio.com/docs/api/errors.' })

/** One message on the wire. What is not known is null, never absent. */
export const smsLog = z
  .strictObject({
    id: z.uuid(),
    channel: z.enum(channels),
    direction: z.enum(['outbound', 'inbound']),
    to_phone: z.string(),
    from_phone: z.string().nullable(),
    messaging_service_sid: z.string().nullable(),
    message: z.string().meta({ description: 'The text; a code in it is masked.' }),
    media_urls: z.array(z.string()).meta({
      description: 'Pictures of an inbound message, at Twilio; never fetched.',
    }),
    status,
    provider_msg_id: z.string().nullable().meta({ description: 'The SID of the message.' }),
    error_code: errorCode,
    num_segments: z.number().int().nullable(),
    price: z.string().nullable().meta({ description: 'Decimal; known some time after the send.' }),
    price_unit: z.string().nullable().meta({ description: 'ISO 4217, such as `USD`.' }),
    attempts: z.number().int().meta({ description: 'Calls to Twilio for this message.' }),
    metadata: z.record(z.string(), z.string()).nullable(),
    resend_of: z.uuid().nullable().meta({ description: 'The message that this one sends again.' }),
    send_at: time.nullable(),
    expires_at: time.meta({ description: 'It is not sent after this moment.' }),
    last_event_time: time.nullable(),
    created_at: time,
    updated_at: time,
  })
  .meta({ id: 'Message' })

/** `smsLog` as a type. */
export type SMSLog = z.output<typeof smsLog>

/** One thing that happened to a message. */
export const smsEvent = z
  .strictObject({
    status,
    source: z.enum(['api', 'worker', 'callback', 'poll', 'admin']),
    applied: z.boolean().meta({
      description: 'False when it came too late or contradicted a final status.',
    }),
    error_code: errorCode,
    detail: z.string().nullable(),
    attempt: z.number().int().nullable().meta({ description: 'Counted from 1.' }),
    created_at: time,
  })
  .meta({ id: 'MessageEvent' })

/** `smsEvent` as a type. */
export type SMSEvent = z.output<typeof smsEvent>

/** A message and everything that happened to it, oldest first. */
export const smsStatus = z
  .strictObject({ ...smsLog.shape, events: z.array(smsEvent) })
  .meta({ id: 'MessageWithEvents' })

/** A started verification. */
export const startedVerification = z
  .strictObject({
    verification_id: z.string().meta({ description: 'For checks and resends; keep it.' }),
    status: z.literal('pending'),
    channel: z.enum(['sms', 'call', 'whatsapp']),
    expires_at: time.meta({ description: 'The code is worth nothing from here on.' }),
    resend_after: time.meta({ description: 'The first moment at which a resend is allowed.' }),
    sends_left: z.number().int(),
  })
  .meta({ id: 'StartedVerification' })

/** How a check ended, by `outcome`. */
export const checkedVerification = z
  .discriminatedUnion('outcome', [
    z
      .strictObject({
        outcome: z.literal('approved'),
        token: z.string().meta({ description: 'The proof, a JWT for your backend.' }),
        token_expires_at: time,
        to_phone: z.string().meta({ description: 'The phone that is proven.' }),
      })
      .meta({ id: 'ApprovedVerification' }),
    z
      .strictObject({ outcome: z.literal('incorrect'), attempts_left: z.number().int() })
      .meta({ id: 'IncorrectCode' }),
    z
      .strictObject({
        outcome: z.enum([
          ...(['expired', 'too-many-attempts', 'already-used'] as const),
          ...(['canceled', 'not-found'] as const),
        ]),
      })
      .meta({ id: 'EndedVerification' }),
  ])
  .meta({ id: 'CheckedVerification' })

/** The moment on the wire. */
export function toTime(at: Instant): string {
  return new Date(at).toISOString()
}

/** The message on the wire. */
export function toSMSLog(message: Message): SMSLog {
  const { lastEventTime } = message
  const updatedAt = toTime(message.updatedAt)
  // The three are one moment until something happens to the message, and each costs 0.4 µs to write.
  const again = (at: Instant) => (at === message.updatedAt ? updatedAt : toTime(at))
  return {
    id: message.id,
    channel: message.channel,
    direction: message.direction,
    to_phone: message.toPhone,
    from_phone: message.fromPhone ?? null,
    messaging_service_sid: message.messagingServiceSid ?? null,
    message: message.message,
    media_urls: [...message.mediaUrls],
    status: message.status,
    provider_msg_id: message.providerMsgId ?? null,
    error_code: message.errorCode ?? null,
    num_segments: message.numSegments ?? null,
    price: message.price ?? null,
    price_unit: message.priceUnit ?? null,
    attempts: message.attempts,
    metadata: message.metadata ?? null,
    resend_of: message.resendOf ?? null,
    send_at: message.sendAt === undefined ? null : toTime(message.sendAt),
    expires_at: toTime(message.expiresAt),
    last_event_time: lastEventTime === undefined ? null : again(lastEventTime),
    created_at: again(message.createdAt),
    updated_at: updatedAt,
  }
}

/** The event on the wire. */
export function toSMSEvent(event: MessageEvent): SMSEvent {
  return {
    status: event.status,
    source: event.source,
    applied: event.applied,
    error_code: event.errorCode ?? null,
    detail: event.detail ?? null,
    attempt: event.attempt ?? null,
    created_at: toTime(event.createdAt),
  }
}
