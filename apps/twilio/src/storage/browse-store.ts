import type { CountedEvent, CountedVerification, HourlyCount } from '../domain/hourly.ts'
import type { Channel, Message } from '../domain/message.ts'
import type { OptOut } from '../domain/opt-out.ts'
import type { Instant } from '../domain/time.ts'
import type { Verification, VerificationStatus } from '../domain/verification.ts'
import type { FeedPlace } from './event-stores.ts'
import type { MessagePage, MessageQuery } from './message-store.ts'

// The part of the store that the admin pages look through. Each call reads a bounded number of rows.

/** Which messages are looked for; every part has to hold. */
export interface MessageSearch extends Omit<MessageQuery, 'toPhone'> {
  /** On either side. */
  phone?: string | undefined
  /** The last digits of either side. */
  phoneEnd?: string | undefined
  direction?: Message['direction'] | undefined
  channel?: Channel | undefined
  /** A number, or the SID of a messaging service. */
  sender?: string | undefined
  /** In the text, upper or lower case. */
  text?: string | undefined
}

/** One phone that has written, by its newest message. */
export interface Conversation {
  newest: Message
  /** How many messages it has written, counted up to 1,000. */
  inbound: number
}

/** What people look through. */
export interface BrowseStore {
  /** Newest first. Where `next` is set there may be more, also behind an empty page. */
  messages(query: MessageSearch & { limit: number }): Promise<MessagePage>
  /** The newest of what a phone was sent and has written. */
  thread(phone: string, limit: number): Promise<Message[]>
  conversations(page: {
    before: string
    limit: number
  }): Promise<{ conversations: Conversation[]; next: string | undefined }>
  /** The ids of messages that send this one again, oldest first. */
  resendsOf(id: string): Promise<string[]>
  /** The messages that carried the code of a verification, oldest first. */
  messagesOfVerification(verification: Pick<Verification, 'id' | 'toPhone'>): Promise<Message[]>
  verifications(query: {
    statuses?: readonly VerificationStatus[] | undefined
    phone?: string | undefined
    phoneEnd?: string | undefined
    before: string
    limit: number
  }): Promise<{ verifications: Verification[]; next: string | undefined }>
  optOutsOf(phone: string): Promise<OptOut[]>
}

/** An event on the way of the counters; `counted` is missing where it counts nowhere. */
export interface CountedRow<Counted> {
  place: FeedPlace
  counted: Counted | undefined
}

/** The counters of `sms_hourly`, and what they count. */
export interface HourlyStore {
  add(counts: readonly HourlyCount[]): Promise<void>
  /** Sums by stretches of `widthMs`, each called by its beginning. */
  sums(range: {
    from: Instant
    until: Instant
    widthMs: number
  }): Promise<{ at: Instant; name: string; amount: number }[]>
  /** Forgets hours before this one. */
  sweep(before: Instant): Promise<void>
  messages(after: FeedPlace, limit: number): Promise<CountedRow<CountedEvent>[]>
  verifications(after: FeedPlace, limit: number): Promise<CountedRow<CountedVerification>[]>
}
