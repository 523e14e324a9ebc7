import type { HostEvent, VerificationEventKind } from '../domain/host-event.ts'
import type { Instant } from '../domain/time.ts'
import type { VerificationChannel } from '../domain/verification.ts'

/** How far a reader has come in one table; what is left of it is never read again. */
export interface FeedPlace {
  /** Transaction of the last row as text; `0` where ids alone tell the order. */
  tx: string
  id: number
}

/** How far a reader of every event has come, told to hosts or not. */
export interface EventPlace extends FeedPlace {
  /** What is still to be read has higher ids. */
  floor: number
  /** Transactions from here on have written behind this id only. */
  mark: FeedPlace
}

/** How far a reader has come. */
export interface FeedPosition {
  messages: FeedPlace
  verifications: FeedPlace
}

/** One row on the way of a reader. `event` is missing where hosts are not told, or its message is gone. */
export interface FeedRow {
  place: FeedPlace
  createdAt: Instant
  event: HostEvent | undefined
}

/** What hosts are told, in an order in which nothing can come later and lie before. */
export interface FeedStore {
  /** Behind everything that is committed; what is being committed just now may still come. */
  end(): Promise<FeedPosition>
  messages(after: FeedPlace, limit: number): Promise<FeedRow[]>
  verifications(after: FeedPlace, limit: number): Promise<FeedRow[]>
  /** The events with these ids that are still there. */
  find(eventIds: string[]): Promise<HostEvent[]>
}

/** Something that happened to a verification. */
export interface NewVerificationEvent {
  verificationId: string
  kind: VerificationEventKind
  /** Counts the sends; 0 for what happens once. */
  nth: number
  toPhone: string
  purpose: string
  channel: VerificationChannel
  createdAt: Instant
}

/** The events of `sms_verification_event`. */
export interface VerificationEventStore {
  /** What is there already is left out. */
  append(events: NewVerificationEvent[]): Promise<void>
  list(verificationId: string): Promise<NewVerificationEvent[]>
  /** 0 where there is none. */
  newestId(): Promise<number>
  /** The oldest ones, where stored before this moment; answers how many. */
  sweep(before: Instant, limit: number): Promise<number>
}

/** An event that a consumer could not handle, and that it has passed by. */
export interface ParkedEvent {
  consumer: string
  eventId: string
  eventType: HostEvent['type']
  attempts: number
  /** What the handler threw the last time. */
  error: string
  parkedAt: Instant
  /** When another try was asked for. */
  retryAt: Instant | undefined
}

/** The events of `sms_parked_event`. */
export interface ParkedEventStore {
  /** Parks it, or parks it again. */
  put(parked: Omit<ParkedEvent, 'retryAt'>): Promise<void>
  list(consumer: string | undefined, limit: number): Promise<ParkedEvent[]>
  /** Those of a consumer that another try was asked for, oldest first. */
  listRetries(consumer: string, limit: number): Promise<ParkedEvent[]>
  /** Asks for another try, of one event or of all; answers of how many. */
  retry(which: { consumer: string; eventId?: string | undefined; at: Instant }): Promise<number>
  remove(consumer: string, eventId: string): Promise<void>
  sweep(before: Instant, limit: number): Promise<number>
}

/** One event on its way to one endpoint. */
export interface WebhookDelivery {
  id: string
  endpoint: string
  eventId: string
  eventType: HostEvent['type']
  status: 'pending' | 'delivered' | 'failed'
  /** Since it was planned or replayed. */
  attempts: number
  nextAt: Instant | undefined
  createdAt: Instant
  endedAt: Instant | undefined
}

/** One try to deliver. */
export interface WebhookAttempt {
  id: string
  deliveryId: string
  attempt: number
  /** `ok`, or in a few words why not. */
  outcome: string
  statusCode: number | undefined
  durationMs: number
  /** When it is tried again; unset where that was the last one. */
  nextAt: Instant | undefined
  createdAt: Instant
}

/** The tables of webhooks. */
export interface WebhookStore {
  /** What is planned already for an endpoint is left as it is. */
  plan(deliveries: Omit<WebhookDelivery, 'endedAt' | 'attempts'>[]): Promise<void>
  listDue(endpoint: string, now: Instant, limit: number): Promise<WebhookDelivery[]>
  nextDue(endpoint: string): Promise<Instant | undefined>
  /** Notes a try and its consequence; a delivery that was replayed meanwhile keeps its new plan. */
  note(attempt: WebhookAttempt, status: WebhookDelivery['status']): Promise<void>
  /** The newest first. */
  listAttempts(query: {
    endpoint?: string | undefined
    eventId?: string | undefined
    limit: number
  }): Promise<(WebhookAttempt & Pick<WebhookDelivery, 'endpoint' | 'eventId' | 'eventType'>)[]>
  /** How many deliveries of an endpoint wait, and how many were given up. */
  countOpen(endpoint: string): Promise<{ pending: number; failed: number }>
  /** Delivers once more what has ended; answers how many. */
  replay(which: {
    endpoint: string
    at: Instant
    eventId?: string | undefined
    from?: Instant | undefined
    to?: Instant | undefined
    onlyFailed: boolean
  }): Promise<number>
  /** Ends what waits for an endpoint. */
  giveUp(endpoint: string, at: Instant): Promise<number>
  disabledAt(endpoint: string, urlHash: string): Promise<Instant | undefined>
  disable(endpoint: string, urlHash: string, at: Instant): Promise<void>
  enable(endpoint: string): Promise<boolean>
  /** Forgets deliveries and tries older than this. */
  sweep(before: Instant, limit: number): Promise<number>
}
