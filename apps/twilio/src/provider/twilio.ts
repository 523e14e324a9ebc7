import { countSegments, TwilioNoReplyError, TwilioReplyError } from '@hsb/twilio-sms'
import type { Message as TwilioMessage, SendSmsInput } from '@hsb/twilio-sms'
import type { Settings } from '../config.ts'
import type { Clock } from '../domain/time.ts'
import { isOptOut, messageStatusOf } from './message-status.ts'
import type { CarrierReport, FetchOutcome, Provider, SendOutcome, SendRequest } from './provider.ts'
import { wordsOf } from './error-words.ts'
import { createCallbackReader, statusCallbackUrl } from './twilio-callbacks.ts'
import { openClient } from './twilio-client.ts'
import { createInboundReader } from './twilio-inbound.ts'
import { createTwilioVerifications } from './twilio-verifications.ts'

/** How far back a look-up reads before it gives up: more would be a bulk sender's other traffic. */
const longestLookUp = 1_000

// https://www.twilio.com/docs/usage/twilios-response#pagination
const longestPage = 1_000

// https://www.twilio.com/docs/api/errors/21608
const unverifiedNumber = 21_608

// https://www.twilio.com/docs/api/errors/20009
const stillInProgress = 20_009

/** The provider over Twilio's API: the only code of the app that knows Twilio's words. */
export function createTwilioProvider(settings: Settings, clock: Clock): Provider {
  /** The most that our clock was seen to be ahead of Twilio's. */
  let aheadMs = 0
  const client = openClient(settings, {
    now: () => clock.now(),
    onDate(date) {
      aheadMs = Math.max(aheadMs, clock.now() - date.getTime())
    },
  })

  return {
    countSegments: (body) => countSegments(body).segments,
    async send(request) {
      try {
        return {
          kind: 'accepted',
          report: reportOf(await client.sendSms(inputOf(request, settings))),
        }
      } catch (error) {
        return outcomeOf(error)
      }
    },
    async fetch(providerMsgId) {
      try {
        return { kind: 'found', report: reportOf(await client.fetchMessage(providerMsgId)) }
      } catch (error) {
        if (error instanceof TwilioReplyError && error.httpStatus === 404)
          return { kind: 'not-found' }
        return unavailable(error)
      }
    },
    async fetchMany({ providerMsgIds, since, sentBefore, mostCalls }) {
      const reports: CarrierReport[] = []
      const sent = sentBefore !== undefined
      try {
        // Newest first. By the time of sending where everything was sent; else what still waits at
        // Twilio would be left out, and reading ends with what was created before.
        for await (const message of client.listMessages({
          ...(sent && { sentAfter: new Date(since), sentBefore: new Date(sentBefore) }),
          pageSize: longestPage,
          limit: longestPage * mostCalls,
        })) {
          const { sid, createdAt } = message
          if (!sent && createdAt !== undefined && createdAt.getTime() < since - aheadMs) break
          // Other apps may send through the same account.
          if (providerMsgIds.has(sid)) reports.push(reportOf(message))
          if (reports.length === providerMsgIds.size) break
        }
      } catch (error) {
        return unavailable(error)
      }
      return { kind: 'found', reports }
    },
    async find({ toPhone, body, since }) {
      const reports: CarrierReport[] = []
      try {
        // Not filtered by time: Twilio filters by the time of sending, and what is looked for may
        // still be queued there. The list comes newest first, so reading ends at `since`, which the
        // first page, by its date, has turned into Twilio's time.
        for await (const message of client.listMessages({
          to: toPhone,
          pageSize: 100,
          limit: longestLookUp,
        })) {
          if (message.createdAt !== undefined && message.createdAt.getTime() < since - aheadMs)
            break
          const outbound = message.direction !== 'inbound'
          if (outbound && (body === undefined || message.body === body))
            reports.push(reportOf(message))
        }
      } catch (error) {
        return { kind: 'unavailable', words: wordsOf(error) }
      }
      return { kind: 'found', reports: reports.toReversed() }
    },
    readCallback: createCallbackReader(settings),
    readInbound: createInboundReader(settings),
    async redact(providerMsgId) {
      try {
        await client.redactMessage(providerMsgId)
        return { kind: 'redacted' }
      } catch (error) {
        if (error instanceof TwilioReplyError && error.httpStatus === 404) return { kind: 'gone' }
        if (error instanceof TwilioReplyError && error.code === stillInProgress)
          return { kind: 'in-progress' }
        return unavailable(error)
      }
    },
    ...createTwilioVerifications(client, clock),
    close: () => client.close(),
  }
}

function inputOf(request: SendRequest, settings: Settings): SendSmsInput {
  return {
    to: request.toPhone,
    from: request.fromPhone,
    messagingServiceSid: request.messagingServiceSid,
    body: request.body,
    statusCallback: statusCallbackUrl(settings.publicUrl, request.messageId, request.attempt),
    // Twilio takes 1 to 36,000 and recommends more than 5.
    validityPeriodSeconds: Math.min(36_000, Math.max(6, request.validitySeconds)),
  }
}

/** The one place where Twilio's errors become outcomes. */
function outcomeOf(error: unknown): SendOutcome {
  const words = wordsOf(error)
  if (error instanceof TwilioNoReplyError) {
    return error.sent === 'never' ? { kind: 'not-sent', words } : { kind: 'unknown', words }
  }
  if (!(error instanceof TwilioReplyError)) throw error
  const { httpStatus, code, retryAfterSeconds } = error
  // A crash on their side says nothing about the message, and neither does a redirect.
  if (httpStatus < 400 || httpStatus >= 500) return { kind: 'unknown', words }
  // 429 is never processed. With a code of its own it is one sender's full queue, not a busy API.
  if (httpStatus === 429 && (code === undefined || code === 20429))
    return { kind: 'busy', code, retryAfterSeconds, words }
  return {
    kind: 'refused',
    code,
    retry: retryOf(error),
    optOut: error.category === 'opt-out',
    words,
  }
}

/** A question that was not answered; only what may be asked again may take every error for that. */
function unavailable(error: unknown): Extract<FetchOutcome, { kind: 'unavailable' }> {
  const retryAfterSeconds = error instanceof TwilioReplyError ? error.retryAfterSeconds : undefined
  return { kind: 'unavailable', words: wordsOf(error), retryAfterSeconds }
}

/** When a message that Twilio refused is tried again. */
export function retryOf(
  error: Pick<TwilioReplyError, 'code' | 'category' | 'retry'>,
): 'never' | 'backoff' | 'delayed' | 'hold' {
  if (error.retry === 'backoff' || error.retry === 'delayed') return error.retry
  // Wrong credentials or a suspended account fail every message alike: they wait until it is mended.
  // A number that a trial account has not verified fails its own messages only.
  const account = error.category === 'auth' || error.category === 'account'
  const everyMessage = account && error.code !== unverifiedNumber
  return error.retry === 'after-fix' && everyMessage ? 'hold' : 'never'
}

function reportOf(message: TwilioMessage): CarrierReport {
  return {
    providerMsgId: message.sid,
    status: messageStatusOf(message.status),
    words: message.status,
    fromPhone: message.from,
    errorCode: message.errorCode,
    optOut: isOptOut(message.errorCode),
    // Twilio says 0 until it has chosen a sender.
    numSegments: message.segments > 0 ? message.segments : undefined,
    price: message.price,
    priceUnit: message.price === undefined ? undefined : message.currency,
  }
}
