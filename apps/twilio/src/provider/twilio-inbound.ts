import { type InboundMessage, parseInbound } from '@hsb/twilio-sms'
import type { Settings } from '../config.ts'
import type { Channel } from '../domain/message.ts'
import { hasPhoneShape } from '../domain/phone.ts'
import type { CallbackRequest, InboundReading } from './provider.ts'
import { createSignatureCheck } from './signed-requests.ts'

/** Where Twilio posts what phones write to us, below `publicUrl`. */
export const inboundPath = '/webhooks/sms/twilio/inbound'

// The words that Twilio obeys by itself, alone in a message and in any case.
// https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out
const keywords = new Map<string, NonNullable<InboundMessage['optOut']>>([
  ...['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT'].map(
    (word) => [word, 'stop'] as const,
  ),
  ...['START', 'YES', 'UNSTOP'].map((word) => [word, 'start'] as const),
])

/** Reads inbound messages: the signature first, then the grammar. */
export function createInboundReader(
  settings: Settings,
): (request: CallbackRequest) => InboundReading {
  const check = createSignatureCheck(settings)
  const accountSid = settings.twilio.accountSid.toLowerCase()

  return (request) => {
    const read = check(request, inboundPath)
    if (read.kind !== 'signed') return read
    // Names and values are signed without borders: a query could hold the first of the parameters.
    if (request.rawQuery !== '') return { kind: 'malformed', words: 'the query is not ours' }
    const inbound = parseInbound(read.params)
    if (inbound.kind === 'invalid') return { kind: 'malformed', words: inbound.reason }
    if (inbound.accountSid.toLowerCase() !== accountSid)
      return { kind: 'malformed', words: 'another account' }
    return { kind: 'inbound', message: messageOf(inbound) }
  }
}

function messageOf(
  inbound: InboundMessage,
): Extract<InboundReading, { kind: 'inbound' }>['message'] {
  const { channel, address: from } = readAddress(inbound.from)
  const { address: to } = readAddress(inbound.to)
  const word = inbound.body.trim().toUpperCase()
  // Advanced Opt-Out says itself what it has understood, and knows other words too.
  const intent = inbound.optOut ?? keywords.get(word)
  const phone = inbound.from.slice(inbound.from.indexOf(':') + 1)
  const { messagingServiceSid } = inbound
  return {
    providerMsgId: inbound.messageSid,
    channel,
    fromPhone: from,
    toPhone: to,
    messagingServiceSid,
    // PostgreSQL keeps no NUL.
    text: inbound.body.replaceAll('\0', '\u{fffd}'),
    // The signature does not protect their borders: nothing but an address of the web may pass for one.
    mediaUrls: inbound.media.flatMap(({ url }) => (isWebAddress(url) ? [url] : [])),
    numSegments: inbound.segments,
    optOut:
      (intent === 'stop' || intent === 'start') && hasPhoneShape(phone)
        ? {
            kind: intent,
            phone,
            word: inbound.optOut?.toUpperCase() ?? word,
            // A block of Twilio's holds for the sender that was written to, and for its whole service.
            senders: [
              inbound.to,
              ...(messagingServiceSid === undefined ? [] : [messagingServiceSid]),
            ],
          }
        : undefined,
  }
}

/** A number as everywhere else, where the channel is one that we know; else the address as it came. */
function readAddress(address: string): { channel: Channel; address: string } {
  const [, prefix, rest = ''] = /^([a-z]+):(.*)$/.exec(address) ?? []
  if (prefix === undefined) return { channel: 'sms', address }
  if (prefix === 'whatsapp' && hasPhoneShape(rest)) return { channel: prefix, address: rest }
  return { channel: 'other', address }
}

function isWebAddress(text: string): boolean {
  return /^https?:\/\/[\x21-\x7e]+$/.test(text) && URL.canParse(text)
}
