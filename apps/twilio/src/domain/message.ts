import type { Instant } from './time.ts'

/**
 * Words of this code base, one a concept:
 *   message        one text to or from one phone; a row of `sms_log`
 *   attempt        one call to the carrier for a message
 *   event          something that happened to a message; a row of `sms_event`
 *   callback       the carrier telling us a status, by a signed request to our webhook
 *   report         what the carrier says of a message, by callback, answer or fetch
 *   verification   one try of one person to prove a phone; a row of `sms_verification`
 *   throttle       a limit on how often something may happen; a row of `sms_throttle`
 *   opt-out        a phone that must not be texted; a row of `sms_opt_out`
 *   provider       the carrier's side of our code; the store is the database's
 */

/** The states of a message as they stand on the wire and in the database. */
export type MessageStatus =
  | 'SCHEDULED'
  | 'QUEUED'
  | 'SENDING'
  | 'IN_DOUBT'
  | 'ACCEPTED'
  | 'SENT'
  | 'DELIVERED'
  | 'UNDELIVERED'
  | 'FAILED'
  | 'CANCELED'
  | 'EXPIRED'
  | 'READ'
  | 'RECEIVED'

/**
 * How far a message has come. A row moves only to a higher rank; the two ways back (`SENDING` and
 * `IN_DOUBT` to `QUEUED`) are statements of their own.
 */
export const rankOf = {
  SCHEDULED: 0,
  QUEUED: 0,
  SENDING: 1,
  IN_DOUBT: 1,
  ACCEPTED: 2,
  SENT: 3,
  DELIVERED: 4,
  UNDELIVERED: 4,
  FAILED: 4,
  CANCELED: 4,
  EXPIRED: 4,
  READ: 5,
  RECEIVED: 5,
} as const satisfies Record<MessageStatus, number>

/** The rank from which a status is final (`READ` may still follow `DELIVERED`). */
export const finalRank = 4

/** Every status, in order of rank. */
export const messageStatuses = Object.keys(rankOf).filter(isMessageStatus)

/** True for the name of a status. */
export function isMessageStatus(text: string): text is MessageStatus {
  return Object.hasOwn(rankOf, text)
}

/** True when nothing more is expected to happen to the message. */
export function isFinal(status: MessageStatus): boolean {
  return rankOf[status] >= finalRank
}

/**
 * True when nobody sends the message or asks about it any more: it is final, or sent and given up, as
 * some carriers send no receipts.
 */
export function isOver({ status, nextAt }: Pick<Message, 'status' | 'nextAt'>): boolean {
  return isFinal(status) || (rankOf[status] >= rankOf.ACCEPTED && nextAt === undefined)
}

/** True when a report of `next` moves a message that stands at `current`. */
export function advances(current: MessageStatus, next: MessageStatus): boolean {
  return rankOf[next] > rankOf[current]
}

/** True when both are final and differ: somebody is wrong, and only the carrier can say who. */
export function contradicts(current: MessageStatus, next: MessageStatus): boolean {
  return rankOf[current] === finalRank && rankOf[next] === finalRank && current !== next
}

/** Who goes first: a code is worthless late, bulk can wait. */
export const priorityOf = { bulk: 0, normal: 1, verification: 2 } as const

/** How urgent a message is. */
export type Priority = (typeof priorityOf)[keyof typeof priorityOf]

/** How a message travels. `other` is a channel that only Twilio knows: its addresses keep their prefix. */
export const channels = ['sms', 'whatsapp', 'other'] as const

/** One of `channels`. */
export type Channel = (typeof channels)[number]

/** One row of `sms_log`. Times are epoch milliseconds; `undefined` means not known or not applicable. */
export interface Message {
  /** Our id, a UUIDv7: sorts by creation. */
  id: string
  channel: Channel
  direction: 'outbound' | 'inbound'
  toPhone: string
  /** The sender as asked for, or as the carrier reported it. */
  fromPhone: string | undefined
  messagingServiceSid: string | undefined
  /** The text; for a verification the text with its placeholder, never the code. */
  message: string
  /** Where the pictures of an inbound message lie. As they were told: never fetched. */
  mediaUrls: readonly string[]
  status: MessageStatus
  /** The carrier's id of the message. */
  providerMsgId: string | undefined
  errorCode: number | undefined
  numSegments: number | undefined
  /** Decimal text, what it cost. */
  price: string | undefined
  /** ISO 4217 code. */
  priceUnit: string | undefined
  priority: Priority
  /** Set when the message carries a code of this verification. */
  verificationId: string | undefined
  metadata: Record<string, string> | undefined
  /** The message that this one sends again. */
  resendOf: string | undefined
  sendAt: Instant | undefined
  /** After this moment the message is never sent. */
  expiresAt: Instant
  attempts: number
  /** When the running or last call to the carrier began. */
  attemptedAt: Instant | undefined
  /** Due time, lease or next poll, by status; `undefined` when nothing is to be done. */
  nextAt: Instant | undefined
  /** How often the carrier was asked for the status since the last news; while it waits, how often it was put off. */
  polls: number
  /** How often a worker went silent while it had this message. */
  lapses: number
  lastEventTime: Instant | undefined
  createdAt: Instant
  updatedAt: Instant
}
