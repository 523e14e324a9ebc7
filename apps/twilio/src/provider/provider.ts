import type { Channel, MessageStatus } from '../domain/message.ts'
import type { RetryClass } from '../domain/retry.ts'
import type { Instant } from '../domain/time.ts'
import type { VerificationChannel } from '../domain/verification.ts'

/** What the carrier says of one message, in our words. */
export interface CarrierReport {
  providerMsgId: string
  status: MessageStatus
  /** The carrier's own word for the status, kept in the event. */
  words: string
  fromPhone: string | undefined
  errorCode: number | undefined
  /** The phone does not want to be texted. */
  optOut?: boolean | undefined
  numSegments: number | undefined
  price: string | undefined
  priceUnit: string | undefined
}

/** One call: everything that the carrier needs, nothing more. */
export interface SendRequest {
  messageId: string
  attempt: number
  toPhone: string
  fromPhone: string | undefined
  messagingServiceSid: string | undefined
  /** The text as it leaves the house, code included. */
  body: string
  /** How long the carrier may keep trying. */
  validitySeconds: number
}

/**
 * The ways a send can end. `refused`, `busy` and `not-sent` mean that the carrier certainly does not
 * have the message; after `unknown` nobody knows, and the message may not simply be sent again.
 */
export type SendOutcome =
  | { kind: 'accepted'; report: CarrierReport }
  | { kind: 'refused'; code: number | undefined; retry: RetryClass; optOut: boolean; words: string }
  | { kind: 'busy'; code: number | undefined; retryAfterSeconds: number | undefined; words: string }
  | { kind: 'not-sent'; words: string }
  | { kind: 'unknown'; words: string }

/** The answer to "what became of this message?". */
export type FetchOutcome =
  | { kind: 'found'; report: CarrierReport }
  | { kind: 'not-found' }
  | { kind: 'unavailable'; words: string; retryAfterSeconds?: number | undefined }

/** Messages whose fate is asked for together. */
export interface ListQuery {
  providerMsgIds: ReadonlySet<string>
  /** They were handed over after this moment. */
  since: Instant
  /** They were sent before this moment; left out, they may not have been sent yet. */
  sentBefore?: Instant | undefined
  /** How many calls this may take at most. */
  mostCalls: number
}

/** The answer to a list query, without what the calls did not show. */
export type ListOutcome =
  | { kind: 'found'; reports: CarrierReport[] }
  | { kind: 'unavailable'; words: string; retryAfterSeconds?: number | undefined }

/** The answer to "which messages like this do you have?", oldest first. */
export type FindOutcome =
  | { kind: 'found'; reports: CarrierReport[] }
  | { kind: 'unavailable'; words: string }

/** What arrived at the webhook, as it was on the wire. */
export interface CallbackRequest {
  /** The query as received, without `?`. */
  rawQuery: string
  body: Uint8Array
  signature: string | undefined
}

/** What a callback turned out to be. Nothing may be stored for `forged` or `malformed`. */
export type CallbackReading =
  | { kind: 'forged' }
  | { kind: 'malformed'; words: string }
  | {
      kind: 'status'
      messageId: string | undefined
      attempt: number | undefined
      report: CarrierReport
    }

/** What a phone wrote to one of our senders. */
export interface InboundText {
  providerMsgId: string
  channel: Channel
  fromPhone: string
  toPhone: string
  messagingServiceSid: string | undefined
  text: string
  /** Only told: they are never fetched. */
  mediaUrls: readonly string[]
  numSegments: number
  /** Set where the phone asks for no more texts, or for texts again. */
  optOut:
    | {
        kind: 'stop' | 'start'
        phone: string
        /** As it was texted, in capitals. */
        word: string
        /** Whom it means, as in an `OptOut`. */
        senders: string[]
      }
    | undefined
}

/** What a request to the webhook of inbound messages turned out to be. */
export type InboundReading =
  | { kind: 'forged' }
  | { kind: 'malformed'; words: string }
  | { kind: 'inbound'; message: InboundText }

/** How taking the text out of a message at the carrier can end. `gone`: the carrier has no such message. */
export type RedactOutcome =
  | { kind: 'redacted' }
  | { kind: 'gone' }
  | { kind: 'in-progress' }
  | { kind: 'unavailable'; words: string; retryAfterSeconds?: number | undefined }

/** Why the carrier refused to start a verification, as far as a caller can use it. */
export type VerificationRefusal = 'invalid-phone' | 'not-allowed' | 'channel' | 'other'

/** The ways a verification that the carrier makes can start. */
export type VerificationStart =
  | { kind: 'started'; providerSid: string; startedAt: Instant }
  | { kind: 'refused'; reason: VerificationRefusal; code: number | undefined; words: string }
  | { kind: 'throttled'; retryAfterSeconds: number | undefined; words: string }
  | { kind: 'unavailable'; words: string }

/** The ways a check at the carrier can end. `gone`: approved, canceled or expired before. */
export type VerificationCheck =
  | { kind: 'approved' }
  | { kind: 'incorrect' }
  | { kind: 'too-many-attempts' }
  | { kind: 'gone' }
  | { kind: 'unavailable'; words: string }

/** The carrier. Every expected ending is a value; only bugs and wrong settings throw. */
export interface Provider {
  /** How many segments the text is billed as. */
  countSegments(body: string): number
  send(request: SendRequest): Promise<SendOutcome>
  fetch(providerMsgId: string): Promise<FetchOutcome>
  /** What became of many messages, a thousand a call at best. Ends early once all of them were seen. */
  fetchMany(query: ListQuery): Promise<ListOutcome>
  /** Messages to this number created from `since` on, with exactly this text where it is given; oldest first. */
  find(query: { toPhone: string; body: string | undefined; since: Instant }): Promise<FindOutcome>
  /** Checks the signature, then the grammar. Never throws, whatever is sent. */
  readCallback(request: CallbackRequest): CallbackReading
  /** As `readCallback`, at the webhook of inbound messages. */
  readInbound(request: CallbackRequest): InboundReading
  /** Empties the text of a message that is no longer in progress. May be asked again at any time. */
  redact(providerMsgId: string): Promise<RedactOutcome>
  startVerification(request: {
    toPhone: string
    channel: VerificationChannel
    locale: string | undefined
  }): Promise<VerificationStart>
  checkVerification(request: { providerSid: string; code: string }): Promise<VerificationCheck>
  cancelVerification(providerSid: string): Promise<void>
  close(): Promise<void>
}
