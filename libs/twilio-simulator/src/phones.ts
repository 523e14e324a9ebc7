import type { Callbacks } from './callbacks.ts'
import { inboundForm } from './inbound-form.ts'
import type { Message, MessageStatus } from './message.ts'
import type { Messages } from './messages.ts'
import type { OptOuts } from './opt-outs.ts'
import type { Settings } from './settings.ts'
import { countSegments } from './segments.ts'
import { codeIn } from './text-code.ts'

/** A text as a phone or its carrier sees it. */
export interface PhoneMessage {
  sid: string
  /** `verification`: a text of Verify's, which the account's message list does not show. */
  kind: 'message' | 'verification'
  /** `inbound` texts were written on the phone. */
  direction: 'outbound' | 'inbound'
  to: string
  /** Null until a Messaging Service has chosen its sender. */
  from: string | null
  messagingServiceSid: string | null
  /** Also after the account redacted or deleted the message. */
  body: string
  mediaUrls: readonly string[]
  segments: number
  status: MessageStatus
  errorCode: number | null
  /** The code in a verification text. */
  code: string | undefined
  createdAt: Date
  updatedAt: Date
}

/** A text that a person writes on a phone. */
export interface PhoneReply {
  /** The phone that writes. */
  from: string
  /** The number written to. Default: the sender of the last message this phone got. */
  to?: string | undefined
  body: string
  /** Further parameters of the inbound webhook, such as `OptOutType`, signed with the rest. */
  extras?: Readonly<Record<string, string>> | undefined
}

/** A phone that got a text or wrote one. */
export interface SimulatedPhone {
  /** In E.164, whatever channels it uses. */
  number: string
  /** Texts that have arrived on it. */
  received: number
  /** The newest text, in either direction. */
  last: PhoneMessage
  /** The senders, and Messaging Services, it has said STOP to. */
  optedOutOf: string[]
  /** The number a reply goes to unless it names another. */
  repliesTo: string
}

/** Which texts are meant. */
export interface TextFilter {
  to?: string | undefined
  direction?: PhoneMessage['direction'] | undefined
  /** Both directions, on every channel of one number; instead of the two above. */
  phone?: string | undefined
}

interface Phones {
  texts(filter?: TextFilter): PhoneMessage[]
  /** The one that was active last comes first. */
  list(): SimulatedPhone[]
  code(to: string): string | undefined
  reply(reply: PhoneReply): Promise<PhoneMessage>
}

export function createPhones(tools: {
  settings: Settings
  messages: Messages
  optOuts: OptOuts
  callbacks: Callbacks
}): Phones {
  const { settings, messages, optOuts, callbacks } = tools
  const texts: Phones['texts'] = ({ to, direction = 'outbound', phone } = {}) => {
    const fits = (message: Message) =>
      phone === undefined
        ? directionOf(message) === direction && (to === undefined || message.to === to)
        : phoneOf(message) === phone
    return messages.all().filter(fits).map(showOnPhone)
  }
  const defaultSender = settings.senders?.[0] ?? firstPooled(settings)
  const senderFor = (address: string): string => {
    const last = messages.all().findLast((one) => isFromSender(one) && one.to === address)
    return last?.from ?? (address.startsWith('whatsapp:') ? whatsappSandbox : defaultSender)
  }

  return {
    texts,
    list() {
      const found = new Map<string, { last: Message; received: number; repliesTo: string }>()
      for (const message of messages.all()) {
        const number = phoneOf(message)
        const { received = 0, repliesTo = defaultSender } = found.get(number) ?? {}
        // Put in again, so that the order is that of the newest texts.
        found.delete(number)
        found.set(number, {
          last: message,
          received: received + (hasArrived(message) ? 1 : 0),
          repliesTo: isFromSender(message) ? (message.from ?? repliesTo) : repliesTo,
        })
      }
      return [...found].toReversed().map(([number, { last, received, repliesTo }]) => ({
        number,
        received,
        last: showOnPhone(last),
        optedOutOf: [...optOuts.of(number), ...optOuts.of(`whatsapp:${number}`)],
        repliesTo,
      }))
    },
    code(to) {
      for (const text of texts({ to }).toReversed()) {
        const code = text.code ?? codeIn(text.body)
        if (code !== undefined) return code
      }
      return undefined
    },
    async reply({ from, to, body, extras }) {
      const sender = to ?? senderFor(from)
      const services = settings.messagingServices.filter(({ senders }) => senders.includes(sender))
      const [service] = services
      for (const blocked of [sender, ...services.map(({ sid }) => sid)])
        optOuts.hear(from, blocked, body)
      const message = messages.record({
        kind: 'message',
        direction: 'inbound',
        from,
        to: sender,
        body,
        status: 'received',
        serviceSid: service?.sid,
      })
      const url = service?.inboundUrl ?? settings.inboundUrl
      if (url !== undefined) {
        await callbacks.send({
          url,
          form: inboundForm(message, settings.accountSid, extras ?? {}),
          messageSid: message.sid,
          messageStatus: 'received',
          signature: 'right',
        })
      }
      return showOnPhone(message)
    },
  }
}

// https://www.twilio.com/docs/whatsapp/sandbox
const whatsappSandbox = 'whatsapp:+14155238886'

function firstPooled(settings: Settings): string {
  return settings.messagingServices.flatMap(({ senders }) => senders)[0] ?? '+15005550006'
}

function directionOf(message: Message): PhoneMessage['direction'] {
  return message.direction === 'inbound' ? 'inbound' : 'outbound'
}

function phoneOf(message: Message): string {
  const address = message.direction === 'inbound' ? message.from : message.to
  return (address ?? '').replace(/^whatsapp:/, '')
}

/** Verify's own texts are from nobody who could be answered. */
function isFromSender(message: Message): boolean {
  return message.kind === 'message' && message.direction !== 'inbound' && message.from !== null
}

function hasArrived(message: Message): boolean {
  return message.direction !== 'inbound' && message.status === 'delivered'
}

function showOnPhone(message: Message): PhoneMessage {
  return {
    sid: message.sid,
    kind: message.kind,
    direction: directionOf(message),
    to: message.to,
    from: message.from,
    messagingServiceSid: message.serviceSid,
    body: message.phoneBody,
    mediaUrls: message.mediaUrls,
    segments: countSegments(message.phoneBody),
    status: message.status,
    errorCode: message.errorCode,
    code: message.code,
    createdAt: message.createdAt,
    updatedAt: message.updatedAt,
  }
}
