// What Twilio posts to us, field by field. A good signature is not enough to act on it: names and
// values are signed without anything in between, so whoever has one signed request can draw the
// borders anew ("ErrorCode=30003" as "ErrorCod=e30003", or folded into another value) and it
// verifies still. So each field we act on has to be there once only and to fit a grammar that leaves
// no room for a border elsewhere. Parameters we do not know are let through: Twilio adds some without
// notice.
// https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks
// https://www.twilio.com/docs/messaging/guides/webhook-request
import type { FormParameters } from './signature.ts'

/** Parameters that do not say what they should, with the reason in words for a log. */
export interface InvalidCallback {
  readonly kind: 'invalid'
  readonly reason: string
}

export type Pair = readonly [name: string, value: string]

const sidOf = (kinds: string): RegExp => new RegExp(`^(?:${kinds})[0-9a-f]{32}$`, 'i')

// E.164 or a short code; an address on a channel (`whatsapp:+1…`, `rcs:…`); a sender of letters.
const number = String.raw`\+\d{5,16}|\d{3,8}`
const channelAddress = '[a-z]{2,20}:[A-Za-z0-9+._@-]{1,200}'
const letters = '[A-Za-z0-9 &+_-]{1,20}'

const grammars = {
  AccountSid: sidOf('AC'),
  ApiVersion: /^\d{4}-\d{2}-\d{2}$/,
  MessageSid: sidOf('SM|MM'),
  SmsSid: sidOf('SM|MM'),
  SmsMessageSid: sidOf('SM|MM'),
  MessagingServiceSid: sidOf('MG'),
  MessageStatus: /^[a-z_]{2,40}$/,
  SmsStatus: /^[a-z_]{2,40}$/,
  ErrorCode: /^\d{1,6}$/,
  RawDlrDoneDate: /^\d{6,14}$/,
  To: new RegExp(`^(?:${number}|${channelAddress})$`),
  From: new RegExp(`^(?:${number}|${channelAddress}|${letters})$`),
  NumMedia: /^\d{1,2}$/,
  NumSegments: /^\d{1,3}$/,
  OptOutType: /^(?:STOP|START|HELP)$/,
  Body: /^/,
} as const satisfies Record<string, RegExp>

/** The fields we act on. */
export type Field = keyof typeof grammars

export interface ReadFields {
  readonly fields: Readonly<Partial<Record<Field, string>>>
  /** The parameters that are none of our fields. */
  readonly extra: readonly Pair[]
  readonly all: readonly Pair[]
}

// Twilio sends some 30 parameters, and with ten pictures 50.
const maxParameters = 200

/** Reads our fields, each of them once at most and in its grammar; a string says what is wrong. */
export function readFields(params: FormParameters, forbidden: RegExp): ReadFields | string {
  const fields: Partial<Record<Field, string>> = {}
  const extra: Pair[] = []
  const all: Pair[] = []
  for (const pair of params) {
    const [name, value] = pair
    if (all.length === maxParameters) return `more than ${maxParameters} parameters`
    const isOurs = isField(name)
    if (!isOurs && !/^[A-Za-z][A-Za-z0-9_.]{0,99}$/.test(name))
      return 'a name that is none of Twilio'
    if (forbidden.test(name)) return `${name} does not belong here`
    all.push(pair)
    if (!isOurs) {
      extra.push(pair)
      continue
    }
    if (fields[name] !== undefined) return `${name} is there twice`
    if (!grammars[name].test(value)) return `${name} is malformed`
    fields[name] = value
  }
  return { fields, extra, all }
}

/** The first of the given fields that is missing. */
export function firstMissing(
  fields: ReadFields['fields'],
  names: readonly Field[],
): string | undefined {
  const missing = names.find((name) => fields[name] === undefined)
  return missing && `${missing} is missing`
}

function isField(name: string): name is Field {
  return Object.hasOwn(grammars, name)
}
