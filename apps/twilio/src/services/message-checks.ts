import { createHash } from 'node:crypto'
import type { Settings } from '../config.ts'
import { judgeDestination } from '../domain/destination.ts'
import { type Message, priorityOf } from '../domain/message.ts'
import { readPhone } from '../domain/phone.ts'
import type { Instant } from '../domain/time.ts'
import { defaultSenderOf } from './default-sender.ts'
import type { Draft } from './outbox.ts'

/** A message as a caller asks for it. */
export interface SendInput {
  /** E.164, such as `+14155552671`. */
  toPhone: string
  /** 1 to 1,600 UTF-16 units. */
  message: string
  fromPhone?: string | undefined
  messagingServiceSid?: string | undefined
  /** Not before this moment. */
  sendAt?: Date | undefined
  /** Not after this moment; default: `messages.expireAfterSeconds` from now or from `sendAt`. */
  expiresAt?: Date | undefined
  /** `bulk` waits behind everything else. */
  priority?: 'normal' | 'bulk' | undefined
  /** Kept and given back; never sent to the carrier. */
  metadata?: Record<string, string> | undefined
  /** Makes a repetition of this call harmless for 7 days: 1 to 255 printable ASCII characters. */
  idempotencyKey?: string | undefined
  /** Who calls; keys of different callers never meet. */
  caller?: string | undefined
}

/** How `send` can end. Only `accepted` has written anything, and then it is on disk. */
export type SendResult =
  | { kind: 'accepted'; message: Message; replayed: boolean }
  | { kind: 'invalid-message'; field: string; detail: string }
  | { kind: 'invalid-phone'; field: 'to_phone' | 'from_phone' }
  | { kind: 'destination-not-allowed'; country: string | undefined }
  | { kind: 'opted-out' }
  | { kind: 'idempotency-key-reused' }
  | { kind: 'throttled'; retryAfterSeconds: number }
  | { kind: 'unavailable' }

/** A send that no longer depends on the caller's spelling. */
export interface Checked {
  kind: 'checked'
  draft: Draft
  /** What is wrong with it by now. A repetition of a call that was accepted in time is still answered. */
  tooLate: Extract<SendResult, { kind: 'invalid-message' }> | undefined
  /** Who has it sent by hand; stands in the audit log. */
  actor?: string | undefined
}

/** Twilio's limit for a body, in UTF-16 units. https://www.twilio.com/docs/messaging/api/message-resource */
const longestMessage = 1_600

// E.164, a short code, or an alphanumeric sender with at least one letter.
const sender = /^(?:\+[1-9]\d{6,14}|\d{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 &_+-]{1,11})$/

/** Every check that needs no database, in the order in which a caller would want to hear of them. */
export function checkSend(
  input: SendInput,
  settings: Settings,
  now: Instant,
  resendOf?: string,
): Checked | Exclude<SendResult, { kind: 'accepted' }> {
  const facts = readPhone(input.toPhone)
  if (!facts) return { kind: 'invalid-phone', field: 'to_phone' }
  const fault = faultOf(input)
  if (fault) return { kind: 'invalid-message', ...fault }
  const verdict = judgeDestination(facts, {
    countries: settings.messages.countries,
    refusedTypes: [],
  })
  if (verdict.kind === 'refused') return { kind: 'destination-not-allowed', country: facts.country }

  const sendAt = input.sendAt?.getTime()
  const expiresAt =
    input.expiresAt?.getTime() ??
    Math.max(now, sendAt ?? now) + settings.messages.expireAfterSeconds * 1_000
  const draft: Draft = {
    toPhone: facts.phone,
    ...senderOf(input, settings),
    message: input.message,
    priority: priorityOf[input.priority ?? 'normal'],
    sendAt,
    expiresAt,
    metadata: input.metadata,
    resendOf,
  }
  if (input.idempotencyKey !== undefined) {
    draft.idempotencyKey = digest([input.caller ?? '', input.idempotencyKey])
    const meaning = meaningOf(input)
    draft.requestHash = digest(resendOf === undefined ? meaning : [...meaning, resendOf])
  }
  const timeFault = timeFaultOf(input, settings, now)
  return { kind: 'checked', draft, tooLate: timeFault && { kind: 'invalid-message', ...timeFault } }
}

/** A message that names a sender is sent from it; else the service picks one; else the default does. */
function senderOf(
  input: SendInput,
  settings: Settings,
): Pick<Draft, 'fromPhone' | 'messagingServiceSid'> {
  const { fromPhone, messagingServiceSid } = input
  if (fromPhone !== undefined) return { fromPhone, messagingServiceSid }
  return messagingServiceSid === undefined ? defaultSenderOf(settings) : { messagingServiceSid }
}

function faultOf(input: SendInput): { field: string; detail: string } | undefined {
  const { message, idempotencyKey } = input
  if (message.trim() === '') return { field: 'message', detail: 'must not be empty' }
  if (message.length > longestMessage)
    return { field: 'message', detail: `must be at most ${longestMessage} characters` }
  if (message.includes('\0') || !message.isWellFormed())
    return { field: 'message', detail: 'must be text without NUL and broken surrogates' }
  if (input.fromPhone !== undefined && !sender.test(input.fromPhone)) {
    return {
      field: 'from_phone',
      detail: 'must be E.164, a short code or an alphanumeric sender of up to 11 characters',
    }
  }
  if (
    input.messagingServiceSid !== undefined &&
    !/^MG[0-9a-fA-F]{32}$/.test(input.messagingServiceSid)
  ) {
    return { field: 'messaging_service_sid', detail: 'must be MG and 32 hex digits' }
  }
  if (
    idempotencyKey !== undefined &&
    !/^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(idempotencyKey)
  ) {
    return { field: 'idempotency_key', detail: 'must be 1 to 255 printable ASCII characters' }
  }
  return undefined
}

function timeFaultOf(
  { sendAt, expiresAt }: SendInput,
  settings: Settings,
  now: Instant,
): { field: string; detail: string } | undefined {
  if (sendAt && !(sendAt.getTime() <= now + settings.messages.scheduleAheadSeconds * 1_000)) {
    return {
      field: 'send_at',
      detail: `must be at most ${settings.messages.scheduleAheadSeconds} s ahead`,
    }
  }
  if (expiresAt && !(expiresAt.getTime() > Math.max(now, sendAt?.getTime() ?? now))) {
    return { field: 'expires_at', detail: 'must be later than now and than send_at' }
  }
  return undefined
}

/** The request without its spelling: key order and defaults written out do not count. */
function meaningOf(input: SendInput): unknown[] {
  const metadata = Object.entries(input.metadata ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return [
    input.toPhone,
    input.message,
    input.fromPhone ?? null,
    input.messagingServiceSid ?? null,
    input.sendAt?.getTime() ?? null,
    input.expiresAt?.getTime() ?? null,
    input.priority ?? 'normal',
    metadata,
  ]
}

function digest(value: unknown[]): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url')
}
