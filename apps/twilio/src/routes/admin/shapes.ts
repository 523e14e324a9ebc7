import { z } from 'zod'
import type { MessageEvent } from '../../domain/event.ts'
import { channels, isOver, type Message, messageStatuses } from '../../domain/message.ts'
import { hasPhoneShape, maskPhone } from '../../domain/phone.ts'
import type { Verification } from '../../domain/verification.ts'
import { resendOf } from '../../services/resend.ts'
import { toTime } from '../shapes.ts'

// What the admin API answers. Numbers are masked and texts left out until somebody asks to see one
// message, which is written down.

export const time = z.iso.datetime()
const phone = z.string().meta({ description: 'Its middle is hidden.' })

/** The status of a message. */
export const messageStatus = z.enum(messageStatuses)

/** One message in a list. */
export const messageRow = z
  .strictObject({
    id: z.uuid(),
    direction: z.enum(['outbound', 'inbound']),
    channel: z.enum(channels),
    to_phone: phone,
    from_phone: phone.nullable(),
    status: messageStatus,
    error_code: z.number().int().nullable(),
    num_segments: z.number().int().nullable(),
    price: z.string().nullable(),
    price_unit: z.string().nullable(),
    is_verification: z.boolean(),
    resend_of: z.uuid().nullable(),
    created_at: time,
    updated_at: time,
    preview: z.null().meta({ description: 'Texts are shown one by one, by `reveal/`.' }),
  })
  .meta({ id: 'MessageRow' })

/** `messageRow` as a type. */
export type MessageRow = z.output<typeof messageRow>

/** One message as its panel shows it. */
export const messageDetail = messageRow
  .extend({
    provider_msg_id: z.string().nullable(),
    attempts: z.number().int(),
    send_at: time.nullable(),
    expires_at: time,
    metadata_keys: z.array(z.string()),
    body_hidden: z.literal(true),
  })
  .meta({ id: 'MessageDetail' })

/** One thing that happened to a message. */
export const messageEvent = z
  .strictObject({
    at: time,
    status: messageStatus,
    source: z.enum(['api', 'worker', 'callback', 'poll', 'admin']),
    applied: z.boolean(),
    attempt: z.number().int().nullable(),
    error_code: z.number().int().nullable(),
    detail: z.string().nullable(),
  })
  .meta({ id: 'AdminMessageEvent' })

/** One verification. */
export const verificationRow = z
  .strictObject({
    id: z.string(),
    to_phone: phone,
    purpose: z.string(),
    channel: z.enum(['sms', 'call', 'whatsapp']),
    backend: z.enum(['twilio-verify', 'own-codes']),
    status: z.enum(['pending', 'approved', 'canceled', 'expired']),
    sends: z.number().int(),
    attempts: z.number().int(),
    created_at: time,
    expires_at: time,
    ended_at: time.nullable(),
  })
  .meta({ id: 'VerificationRow' })

/** What can be done to a message. */
export const actions = ['reveal', 'resend', 'cancel', 'redact'] as const

/** An address with its middle hidden; senders that are words, and services, stay as they are. */
export function maskAddress(address: string): string {
  if (/^MG[0-9a-f]{32}$/.test(address)) return address
  if (hasPhoneShape(address)) return maskPhone(address)
  const colon = address.indexOf(':')
  if (colon >= 0) return `${address.slice(0, colon + 1)}${maskPhone(address.slice(colon + 1))}`
  return /\d{7,}/.test(address) ? maskPhone(address) : address
}

/** Words of the carrier, in which a number may stand. */
export function maskWords(words: string): string {
  return words.replace(/\+?\d{7,15}/g, (number) => maskPhone(number))
}

/** The message in a list. */
export function toRow(message: Message): MessageRow {
  return {
    id: message.id,
    direction: message.direction,
    channel: message.channel,
    to_phone: maskAddress(message.toPhone),
    from_phone: message.fromPhone === undefined ? null : maskAddress(message.fromPhone),
    status: message.status,
    error_code: message.errorCode ?? null,
    num_segments: message.numSegments ?? null,
    price: message.price ?? null,
    price_unit: message.priceUnit ?? null,
    is_verification: message.verificationId !== undefined,
    resend_of: message.resendOf ?? null,
    created_at: toTime(message.createdAt),
    updated_at: toTime(message.updatedAt),
    preview: null,
  }
}

/** The message in its panel. */
export function toDetail(message: Message): z.output<typeof messageDetail> {
  return {
    ...toRow(message),
    provider_msg_id: message.providerMsgId ?? null,
    attempts: message.attempts,
    send_at: message.sendAt === undefined ? null : toTime(message.sendAt),
    expires_at: toTime(message.expiresAt),
    metadata_keys: Object.keys(message.metadata ?? {}),
    body_hidden: true,
  }
}

/** The event in the panel of its message. */
export function toEvent(event: MessageEvent): z.output<typeof messageEvent> {
  return {
    at: toTime(event.createdAt),
    status: event.status,
    source: event.source,
    applied: event.applied,
    attempt: event.attempt ?? null,
    error_code: event.errorCode ?? null,
    detail: event.detail === undefined ? null : maskWords(event.detail),
  }
}

/** The verification in a list. */
export function toVerificationRow(one: Verification): z.output<typeof verificationRow> {
  return {
    id: one.id,
    to_phone: maskAddress(one.toPhone),
    purpose: one.purpose,
    channel: one.channel,
    backend: one.backend,
    status: one.status,
    sends: one.sends,
    attempts: one.attempts,
    created_at: toTime(one.createdAt),
    expires_at: toTime(one.expiresAt),
    ended_at: one.endedAt === undefined ? null : toTime(one.endedAt),
  }
}

/** What can be done to this message now. */
export function actionsOf(message: Message): (typeof actions)[number][] {
  const { status, message: text } = message
  const can = {
    reveal: true,
    resend: resendOf(message).kind === 'send',
    cancel: status === 'SCHEDULED' || status === 'QUEUED',
    redact: isOver(message) && text !== '',
  }
  return actions.filter((action) => can[action])
}
