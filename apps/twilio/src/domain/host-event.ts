import type { MessageStatus } from './message.ts'
import type { Instant } from './time.ts'
import type { VerificationChannel } from './verification.ts'

/** The statuses of a message that a host is told of, and how the event is named. */
const messageEventOf = {
  ACCEPTED: 'message.accepted',
  SENT: 'message.sent',
  DELIVERED: 'message.delivered',
  UNDELIVERED: 'message.undelivered',
  FAILED: 'message.failed',
  CANCELED: 'message.canceled',
  EXPIRED: 'message.expired',
  IN_DOUBT: 'message.in_doubt',
  READ: 'message.read',
  RECEIVED: 'message.received',
} as const satisfies Partial<Record<MessageStatus, string>>

/** What can happen in the life of a verification. `resent` is history only. */
export type VerificationEventKind =
  | 'started'
  | 'resent'
  | 'approved'
  | 'failed'
  | 'canceled'
  | 'expired'

type ToldStatus = keyof typeof messageEventOf

/** The events of messages, named after the status that was reached. */
export type MessageEventName = (typeof messageEventOf)[ToldStatus]

/** The events of verifications. `failed`: every guess was used up. Each ends by one of the last four. */
export type VerificationEventName = `verification.${Exclude<VerificationEventKind, 'resent'>}`

/** What a message reached, in the words of the API. Never a text. */
export interface MessageEventData {
  messageId: string
  status: MessageStatus
  toPhone: string
  fromPhone: string | undefined
  providerMsgId: string | undefined
  /** Why it failed, as in https://www.twilio.com/docs/api/errors. */
  errorCode: number | undefined
  detail: string | undefined
  /** The verification whose code it carries. */
  verificationId: string | undefined
  metadata: Record<string, string> | undefined
}

/** How a verification stands. Never a code. */
export interface VerificationEventData {
  verificationId: string
  toPhone: string
  purpose: string
  channel: VerificationChannel
}

interface EventFacts {
  /** The same at every repetition: events come at least once. */
  id: string
  /** When it was stored here. */
  createdAt: Instant
}

/** A message has got somewhere. */
export interface MessageHostEvent extends EventFacts {
  type: MessageEventName
  data: MessageEventData
}

/** A verification was begun or has ended. */
export interface VerificationHostEvent extends EventFacts {
  type: VerificationEventName
  data: VerificationEventData
}

/** Something that the host may want to know. */
export type HostEvent = MessageHostEvent | VerificationHostEvent

/** One event by its name, all of a kind, or all. */
export type EventPattern =
  | MessageEventName
  | VerificationEventName
  | 'message.*'
  | 'verification.*'
  | '*'

/** The event that a handler for this pattern is given. */
export type EventFor<Pattern extends EventPattern> = Pattern extends '*'
  ? HostEvent
  : Pattern extends `message.${string}`
    ? MessageHostEvent
    : VerificationHostEvent

/** Every name that can be asked for. */
export const eventPatterns = [
  '*',
  'message.*',
  ...Object.values(messageEventOf),
  'verification.*',
  ...([
    'verification.started',
    'verification.approved',
    'verification.failed',
    'verification.canceled',
    'verification.expired',
  ] as const),
] as const satisfies readonly EventPattern[]

/** True where an event of this name is asked for. */
export function matchesEvent(pattern: EventPattern, type: HostEvent['type']): boolean {
  if (pattern === '*' || pattern === type) return true
  return pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1))
}

/** The event of a message that reached this status; `undefined` where hosts are not told. */
export function nameOfStatus(status: MessageStatus): MessageEventName | undefined {
  const names: Partial<Record<MessageStatus, MessageEventName>> = messageEventOf
  return names[status]
}

/** Where an event is kept: which table, and its number there. */
export interface EventSourceId {
  source: 'message' | 'verification'
  number: number
}

/** The id of an event, made of where it is kept. */
export function hostEventId({ source, number }: EventSourceId): string {
  return `evt_${source.charAt(0)}_${number}`
}

/** Reads an id; `undefined` where it is none of ours. */
export function readHostEventId(id: string): EventSourceId | undefined {
  const [, letter, digits] = /^evt_([mv])_(\d{1,15})$/.exec(id) ?? []
  if (letter === undefined) return undefined
  return { source: letter === 'm' ? 'message' : 'verification', number: Number(digits) }
}
