import { isObject, listAt, textAt } from './answer.ts'
import type { JsonObject } from './answer.ts'
import { checkSid, encodeForm } from './call.ts'
import type { Caller, FormValue } from './call.ts'
import { TwilioConfigError, TwilioNoReplyError } from './errors.ts'
import { readMessage } from './message.ts'
import type { Message } from './message.ts'

/**
 * What to send. One of `from` and `messagingServiceSid`, and one of `body`, `mediaUrls` and
 * `contentSid`, are needed; Twilio refuses what does not fit together.
 */
export interface SendSmsInput {
  /** E.164, or a channel address such as `whatsapp:+15551234567`. */
  readonly to: string
  readonly from?: string | undefined
  readonly messagingServiceSid?: string | undefined
  readonly body?: string | undefined
  readonly mediaUrls?: readonly string[] | undefined
  readonly contentSid?: string | undefined
  readonly contentVariables?: Readonly<Record<string, string>> | undefined
  /** Where Twilio reports on the message. Without `#rc=5&rp=all` it does not repeat after a 5xx. */
  readonly statusCallback?: string | undefined
  /** How long the message may wait at Twilio before it is dropped with code 30036. */
  readonly validityPeriodSeconds?: number | undefined
  /** Sends later, to the second; needs a Messaging Service. */
  readonly sendAt?: Date | undefined
  readonly smartEncoded?: boolean | undefined
  readonly shortenUrls?: boolean | undefined
  readonly sendAsMms?: boolean | undefined
  readonly provideFeedback?: boolean | undefined
  readonly contentRetention?: 'retain' | 'discard' | undefined
  readonly addressRetention?: 'retain' | 'obfuscate' | undefined
  /** `disable` lets this message pass Twilio's pumping protection. */
  readonly riskCheck?: 'enable' | 'disable' | undefined
  readonly messageIntent?: string | undefined
}

/**
 * Which messages to list. The times are of sending, both ends included: a message that was not sent
 * yet has no such time, so leave them out when you look for one whose fate is unknown.
 */
export interface MessageFilter {
  readonly to?: string | undefined
  readonly from?: string | undefined
  readonly sentAfter?: Date | undefined
  readonly sentBefore?: Date | undefined
  /** How many Twilio returns at once, 1 to 1,000. */
  readonly pageSize?: number | undefined
  /** How many to yield at most. */
  readonly limit?: number | undefined
}

/** Sending messages and looking after them. */
export interface Messages {
  /**
   * Hands a message to Twilio. Never repeated by itself: after a `TwilioNoReplyError` whose `sent`
   * is `maybe`, or a 5xx, the message may be on its way.
   */
  sendSms(input: SendSmsInput): Promise<Message>
  /** Reads a message as it is now; the way to settle what callbacks left open. */
  fetchMessage(sid: string): Promise<Message>
  /** Yields messages as Twilio orders them, page by page; nothing is asked before the first step. */
  listMessages(filter?: MessageFilter): AsyncIterable<Message>
  /** Takes a scheduled message back; refused once it left the schedule. */
  cancelMessage(sid: string): Promise<Message>
  /** Erases the text of a finished message at Twilio and keeps the rest. */
  redactMessage(sid: string): Promise<Message>
  /** Erases a finished message and its media at Twilio, for good. */
  deleteMessage(sid: string): Promise<void>
}

export function createMessages(caller: Caller): Messages {
  const product = 'api'
  const root = `/2010-04-01/Accounts/${caller.accountSid}/Messages`
  const pathOf = (sid: string): string => `${root}/${checkSid('sid', sid, 'SM', 'MM')}.json`

  async function change(sid: string, form: Readonly<Record<string, string>>): Promise<Message> {
    const path = pathOf(sid)
    return readMessage(await caller.call({ product, method: 'POST', path, form, repeatable: true }))
  }

  return {
    async sendSms(input) {
      if (input.to === '') throw new TwilioConfigError('to', 'is empty')
      const call = { product, method: 'POST', path: `${root}.json`, repeatable: false } as const
      return readMessage(await caller.call({ ...call, form: formOf(input) }))
    },
    async fetchMessage(sid) {
      const path = pathOf(sid)
      return readMessage(await caller.call({ product, method: 'GET', path, repeatable: true }))
    },
    async *listMessages(filter = {}) {
      let left = filter.limit ?? Number.POSITIVE_INFINITY
      let path: string | undefined = `${root}.json${queryOf(filter)}`
      while (path !== undefined && left > 0) {
        const page = await caller.call({ product, method: 'GET', path, repeatable: true })
        const items: readonly unknown[] | undefined = listAt(page, 'messages')
        if (items === undefined) throw new TwilioNoReplyError('maybe', 'no-list')
        for (const item of items) {
          if (left-- <= 0) return
          yield readMessage(isObject(item) ? item : {})
        }
        path = nextPath(page, root, path)
      }
    },
    cancelMessage: (sid) => change(sid, { Status: 'canceled' }),
    redactMessage: (sid) => change(sid, { Body: '' }),
    async deleteMessage(sid) {
      const path = pathOf(sid)
      await caller.callForNothing({ product, method: 'DELETE', path, repeatable: true })
    },
  }
}

// https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource
function formOf(input: SendSmsInput): Readonly<Record<string, FormValue>> {
  return {
    To: input.to,
    From: input.from,
    MessagingServiceSid: input.messagingServiceSid,
    Body: input.body,
    MediaUrl: input.mediaUrls,
    ContentSid: input.contentSid,
    ContentVariables: input.contentVariables && JSON.stringify(input.contentVariables),
    StatusCallback: input.statusCallback,
    ValidityPeriod: input.validityPeriodSeconds,
    ScheduleType: input.sendAt && 'fixed',
    SendAt: input.sendAt,
    SmartEncoded: input.smartEncoded,
    ShortenUrls: input.shortenUrls,
    SendAsMms: input.sendAsMms,
    ProvideFeedback: input.provideFeedback,
    ContentRetention: input.contentRetention,
    AddressRetention: input.addressRetention,
    RiskCheck: input.riskCheck,
    MessageIntent: input.messageIntent,
  }
}

// The operator is part of the name: `DateSent>=…` on the wire is the field `DateSent>`.
function queryOf(filter: MessageFilter): string {
  const { to, from, sentAfter, sentBefore, pageSize, limit } = filter
  const size = pageSize ?? (limit === undefined ? undefined : Math.min(limit, 1000))
  const dates = { 'DateSent>': sentAfter, 'DateSent<': sentBefore }
  const query = encodeForm({ To: to, From: from, ...dates, PageSize: size })
  return query === '' ? '' : `?${query}`
}

// The next page is followed only where it is a page of the same list: the address comes out of an
// answer, and our credentials go with the request.
function nextPath(page: JsonObject, root: string, current: string): string | undefined {
  const next = textAt(page, 'next_page_uri')
  if (next === undefined) return undefined
  if (next.startsWith(`${root}.json?`) && next !== current) return next
  throw new TwilioNoReplyError('maybe', 'foreign-page')
}
