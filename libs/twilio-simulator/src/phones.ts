import type { Callbacks } from './callbacks.ts'
import type { Message, MessageStatus } from './message.ts'
import type { Messages } from './messages.ts'
import type { OptOuts } from './opt-outs.ts'
import type { Settings } from './settings.ts'
import { countSegments } from './segments.ts'

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

interface Phones {
  texts(filter?: {
    to?: string | undefined
    direction?: PhoneMessage['direction'] | undefined
  }): PhoneMessage[]
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
  const texts: Phones['texts'] = ({ to, direction = 'outbound' } = {}) =>
    messages
      .all()
      .map(showOnPhone)
      .filter((text) => text.direction === direction && (to === undefined || text.to === to))

  return {
    texts,
    code(to) {
      for (const text of texts({ to }).toReversed()) {
        const code = text.code ?? text.body.match(/(?<!\d)\d{4,10}(?!\d)/g)?.at(-1)
        if (code !== undefined) return code
      }
      return undefined
    },
    async reply({ from, to, body, extras }) {
      const last = messages
        .all()
        .findLast((one) => one.to === from && one.kind === 'message' && one.direction !== 'inbound')
      const sender = to ?? last?.from ?? settings.senders?.[0] ?? firstPooled(settings)
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
        const form = inboundForm(message, settings.accountSid, extras ?? {})
        const messageStatus = 'received'
        await callbacks.send({
          url,
          form,
          messageSid: message.sid,
          messageStatus,
          signature: 'right',
        })
      }
      return showOnPhone(message)
    },
  }
}

function firstPooled(settings: Settings): string {
  return settings.messagingServices.flatMap(({ senders }) => senders)[0] ?? '+15005550006'
}

function inboundForm(
  message: Message,
  accountSid: string,
  extras: Readonly<Record<string, string>>,
): URLSearchParams {
  const form = new URLSearchParams({
    ToCountry: 'US',
    ToState: '',
    SmsMessageSid: message.sid,
    NumMedia: '0',
    ToCity: '',
    FromZip: '',
    SmsSid: message.sid,
    FromState: '',
    SmsStatus: 'received',
    FromCity: '',
    Body: message.phoneBody,
    FromCountry: '',
    To: message.to,
    ToZip: '',
    NumSegments: String(countSegments(message.phoneBody)),
    MessageSid: message.sid,
    AccountSid: accountSid,
    From: message.from ?? '',
    ApiVersion: '2010-04-01',
  })
  if (message.serviceSid !== null) form.set('MessagingServiceSid', message.serviceSid)
  for (const [name, value] of Object.entries(extras)) form.set(name, value)
  return form
}

function showOnPhone(message: Message): PhoneMessage {
  return {
    sid: message.sid,
    kind: message.kind,
    direction: message.direction === 'inbound' ? 'inbound' : 'outbound',
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
