import { wordOf } from './answer.ts'
import { firstMissing, readFields } from './callback-fields.ts'
import type { Field, InvalidCallback, Pair, ReadFields } from './callback-fields.ts'
import { messageStatuses } from './message.ts'
import type { MessageStatus } from './message.ts'
import { joinParameters } from './signature.ts'
import type { FormParameters } from './signature.ts'

/** Twilio reports where an outbound message is. There is no time and no number in it. */
export interface StatusCallback {
  readonly kind: 'status'
  readonly accountSid: string
  readonly messageSid: string
  readonly status: MessageStatus
  /** The status in Twilio's own word, for the log; the same unless `status` is `unknown`. */
  readonly statusWord: string
  readonly errorCode: number | undefined
  readonly messagingServiceSid: string | undefined
  /** The carrier's time of delivery, `YYMMDDhhmm` without time zone, as the carrier sent it. */
  readonly rawDoneDate: string | undefined
  /** To be shown only: where it has letters, the signature does not protect its end. */
  readonly to: string
  /** To be shown only: where it has letters, the signature does not protect its end. */
  readonly from: string
  /** All other parameters. To be shown only: the signature does not protect their borders. */
  readonly extra: readonly Pair[]
}

const required = [
  'AccountSid',
  'ApiVersion',
  'MessageSid',
  'MessageStatus',
  'From',
  'To',
] as const satisfies readonly Field[]

// Fields a report may lack. What may be absent can be hidden by a new border; the signed text, which
// no border changes, gives it away.
const hideable = {
  ErrorCode: /ErrorCode\d/g,
  RawDlrDoneDate: /RawDlrDoneDate\d/g,
  MessagingServiceSid: /MessagingServiceSidMG[0-9a-f]{32}/gi,
  SmsStatus: /SmsStatus[a-z_]/g,
  SmsSid: /SmsSid[SM]M[0-9a-f]{32}/gi,
} as const satisfies Partial<Record<Field, RegExp>>

const hideableFields = [
  'ErrorCode',
  'RawDlrDoneDate',
  'MessagingServiceSid',
  'SmsStatus',
  'SmsSid',
] as const

const inboundOnly = /^(?:Body|NumMedia|SmsMessageSid|OptOutType|Media(?:Url|ContentType)\d+)$/

/**
 * Reads a status callback out of the parameters of a request whose signature was good. Any request
 * that has the same signature by other borders is invalid or means the same.
 */
export function parseStatusCallback(params: FormParameters): StatusCallback | InvalidCallback {
  const read = readFields(params, inboundOnly)
  if (typeof read === 'string') return { kind: 'invalid', reason: read }
  const { fields, extra } = read
  const { AccountSid = '', MessageSid = '', MessageStatus = '', From = '', To = '' } = fields
  const { SmsSid = MessageSid, SmsStatus = MessageStatus } = fields
  const reason =
    firstMissing(fields, required) ??
    (SmsSid === MessageSid ? undefined : 'SmsSid is not MessageSid') ??
    (SmsStatus === MessageStatus ? undefined : 'SmsStatus is not MessageStatus') ??
    findHidden(read)
  if (reason !== undefined) return { kind: 'invalid', reason }
  return {
    kind: 'status',
    accountSid: AccountSid,
    messageSid: MessageSid,
    status: wordOf(MessageStatus, messageStatuses),
    statusWord: MessageStatus,
    errorCode: fields.ErrorCode === undefined ? undefined : Number(fields.ErrorCode),
    messagingServiceSid: fields.MessagingServiceSid,
    rawDoneDate: fields.RawDlrDoneDate,
    to: To,
    from: From,
    extra,
  }
}

function findHidden(read: ReadFields): string | undefined {
  const signed = joinParameters(read.all)
  // In every inbound message and in no report: no text that somebody sends us becomes a report.
  if (/SmsMessageSid[SM]M[0-9a-f]{32}/i.test(signed)) return 'an inbound message'
  for (const field of hideableFields) {
    const own = read.fields[field] === undefined ? 0 : 1
    const times = signed.match(hideable[field])?.length ?? 0
    if (times !== own + countLonger(read.extra, field)) return `${field} is hidden`
  }
  return undefined
}

// A parameter that Twilio may add one day, such as `CarrierErrorCode`, has our word in its name.
function countLonger(extra: readonly Pair[], field: keyof typeof hideable): number {
  const longer = extra.filter(
    ([name, value]) =>
      name.endsWith(field) &&
      /[a-z]$/.test(name.slice(0, -field.length)) &&
      (field + value).search(hideable[field]) === 0,
  )
  return new Set(longer.map((pair) => pair.join('='))).size
}
