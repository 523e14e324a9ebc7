import { wordOf } from './answer.ts'
import { firstMissing, readFields } from './callback-fields.ts'
import type { Field, InvalidCallback, Pair } from './callback-fields.ts'
import type { FormParameters } from './signature.ts'

/** A picture, a file or a contact that came with a message. */
export interface InboundMedia {
  readonly url: string
  readonly contentType: string | undefined
}

/** Somebody sent us a message. */
export interface InboundMessage {
  readonly kind: 'inbound'
  readonly accountSid: string
  readonly messageSid: string
  readonly messagingServiceSid: string | undefined
  readonly from: string
  readonly to: string
  readonly body: string
  readonly segments: number
  readonly media: readonly InboundMedia[]
  /** What Twilio's Advanced Opt-Out understood; always undefined without that feature. */
  readonly optOut: 'stop' | 'start' | 'help' | undefined
  /** All other parameters. To be shown only: the signature does not protect their borders. */
  readonly extra: readonly Pair[]
}

const required = [
  'AccountSid',
  'MessageSid',
  'From',
  'To',
  'Body',
] as const satisfies readonly Field[]

const optOuts = ['stop', 'start', 'help'] as const

const statusOnly = /^(?:MessageStatus|ErrorCode|RawDlrDoneDate)$/

// In the value of any parameter but the text itself, these are a message folded into a parameter.
const folded =
  /(?:From|To)(?:[a-z]+:)?\+\d{5}|(?:Account|Message|Sms|MessagingService)Sid[A-Z]{2}[0-9a-fA-F]{32}/

/**
 * Reads an inbound message out of the parameters of a request whose signature was good. Whoever has
 * such a request can still cut the end off its text, so treat a `messageSid` seen before as done.
 */
export function parseInbound(params: FormParameters): InboundMessage | InvalidCallback {
  const read = readFields(params, statusOnly)
  if (typeof read === 'string') return { kind: 'invalid', reason: read }
  const { fields } = read
  const { AccountSid = '', MessageSid = '', From = '', To = '', Body = '' } = fields
  const { SmsSid = MessageSid, SmsMessageSid = MessageSid, SmsStatus = 'received' } = fields
  const optOut = wordOf(fields.OptOutType, optOuts)
  const media = readMedia(read.extra, Number(fields.NumMedia ?? 0))
  const reason =
    firstMissing(fields, required) ??
    (SmsSid === MessageSid ? undefined : 'SmsSid is not MessageSid') ??
    (SmsMessageSid === MessageSid ? undefined : 'SmsMessageSid is not MessageSid') ??
    (/^receiv(?:ed|ing)$/.test(SmsStatus) ? undefined : 'SmsStatus is not one of inbound') ??
    (read.extra.some(([, value]) => folded.test(value)) ? 'a field is hidden' : undefined)
  if (reason !== undefined) return { kind: 'invalid', reason }
  if (media === undefined) return { kind: 'invalid', reason: 'the media do not fit NumMedia' }
  return {
    kind: 'inbound',
    accountSid: AccountSid,
    messageSid: MessageSid,
    messagingServiceSid: fields.MessagingServiceSid,
    from: From,
    to: To,
    body: Body,
    segments: Number(fields.NumSegments ?? 1),
    media,
    optOut: optOut === 'unknown' ? undefined : optOut,
    extra: read.extra.filter(([name]) => !mediaName.test(name)),
  }
}

const mediaName = /^Media(Url|ContentType)(0|[1-9]\d?)$/

// Numbered from 0. A number that is announced and not there is left out; one too many is refused.
function readMedia(extra: readonly Pair[], announced: number): InboundMedia[] | undefined {
  const found = new Map(extra.filter(([name]) => mediaName.test(name)))
  const count = extra.filter(([name]) => mediaName.test(name)).length
  if (count !== found.size) return undefined
  for (const name of found.keys()) {
    if (Number(mediaName.exec(name)?.[2]) >= announced) return undefined
  }
  const media: InboundMedia[] = []
  for (let i = 0; i < announced; i++) {
    const url = found.get(`MediaUrl${i}`)
    if (url !== undefined) media.push({ url, contentType: found.get(`MediaContentType${i}`) })
  }
  return media
}
