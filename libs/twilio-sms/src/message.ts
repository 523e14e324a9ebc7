import { dateAt, integerAt, textAt, wordAt } from './answer.ts'
import type { JsonObject } from './answer.ts'
import { TwilioNoReplyError } from './errors.ts'

/** The words Twilio uses for the state of a message. */
export const messageStatuses = [
  'accepted',
  'scheduled',
  'queued',
  'sending',
  'sent',
  'delivered',
  'undelivered',
  'failed',
  'read',
  'canceled',
  'receiving',
  'received',
  'partially_delivered',
] as const

/** Where a message is. `sent` may be the last word for ever: some carriers give no receipt. */
export type MessageStatus = (typeof messageStatuses)[number] | 'unknown'

const directions = ['inbound', 'outbound-api', 'outbound-call', 'outbound-reply'] as const

/** Who sent it: the other side, or we, by the API, from a call or as an answer in TwiML. */
export type MessageDirection = (typeof directions)[number] | 'unknown'

/** A message as Twilio knows it. What Twilio does not know yet is `undefined`. */
export interface Message {
  readonly sid: string
  readonly accountSid: string | undefined
  readonly messagingServiceSid: string | undefined
  readonly status: MessageStatus
  readonly direction: MessageDirection
  readonly to: string | undefined
  /** Unknown until a Messaging Service has chosen its sender. */
  readonly from: string | undefined
  readonly body: string | undefined
  /** 0 until a sender was chosen. */
  readonly segments: number
  readonly media: number
  /** What the message cost, as a decimal string without sign; known only after sending. */
  readonly price: string | undefined
  /** ISO 4217, upper case. */
  readonly currency: string | undefined
  /** Why it failed or was not delivered; see `describeCode`. */
  readonly errorCode: number | undefined
  readonly errorMessage: string | undefined
  readonly createdAt: Date | undefined
  readonly updatedAt: Date | undefined
  readonly sentAt: Date | undefined
}

/** Reads a message out of an answer; without a SID it is not the answer of Twilio. */
export function readMessage(json: JsonObject): Message {
  const sid = textAt(json, 'sid')
  if (sid === undefined || !/^(?:SM|MM)[0-9a-f]{32}$/i.test(sid)) {
    throw new TwilioNoReplyError('maybe', 'no-sid')
  }
  return {
    sid,
    accountSid: textAt(json, 'account_sid'),
    messagingServiceSid: textAt(json, 'messaging_service_sid'),
    status: wordAt(json, 'status', messageStatuses),
    direction: wordAt(json, 'direction', directions),
    to: textAt(json, 'to'),
    from: textAt(json, 'from'),
    body: textAt(json, 'body'),
    segments: integerAt(json, 'num_segments') ?? 0,
    media: integerAt(json, 'num_media') ?? 0,
    // Twilio writes what it takes from the account: "-0.00750".
    price: textAt(json, 'price')?.replace(/^-/, ''),
    currency: textAt(json, 'price_unit')?.toUpperCase(),
    errorCode: integerAt(json, 'error_code'),
    errorMessage: textAt(json, 'error_message'),
    createdAt: dateAt(json, 'date_created'),
    updatedAt: dateAt(json, 'date_updated'),
    sentAt: dateAt(json, 'date_sent'),
  }
}
