import type { Message, MessageStatus } from '../domain/message.ts'
import type { Instant } from '../domain/time.ts'

/** A message as it is first written. */
export interface NewMessage {
  message: Message
  /** Digest of caller and `Idempotency-Key`; unique while it is set. */
  idempotencyKey: string | undefined
  /** Digest of the request that the key belongs to. */
  requestHash: string | undefined
}

/** What a key was first used for. */
export interface KeyUse {
  idempotencyKey: string
  requestHash: string
  message: Message
}

/**
 * The next place of a message. Facts left out stay as they are, and a `providerMsgId` once stored is
 * never replaced. `errorCode` belongs to the status: left out, the new status has none.
 */
export interface Move {
  id: string
  status: MessageStatus
  nextAt: Instant | undefined
  at: Instant
  providerMsgId?: string | undefined
  fromPhone?: string | undefined
  errorCode?: number | undefined
  numSegments?: number | undefined
  price?: string | undefined
  priceUnit?: string | undefined
}

/** What a report about a message is held against: reading this costs a quarter of reading the row. */
export type Standing = Pick<
  Message,
  'id' | 'status' | 'providerMsgId' | 'toPhone' | 'numSegments' | 'price'
>

/** What a list of messages is to hold; each part left out is no condition. */
export interface MessageQuery {
  toPhone?: string | undefined
  statuses?: readonly MessageStatus[] | undefined
  errorCode?: number | undefined
  /** The least id that is wanted, or the beginning of one. */
  from?: string | undefined
  /** Only ids before this one. */
  before?: string | undefined
}

/** Some of the messages of a list. */
export interface MessagePage {
  messages: Message[]
  /** Where to go on; `undefined` at the end. There may be more to come where `messages` is empty. */
  next: string | undefined
}

/** The messages of `sms_log`. Lists keep the order of their input where it has one. */
export interface MessageStore {
  /** Grouped insert, one statement. Ids and keys are new: the caller has looked. */
  insert(messages: NewMessage[]): Promise<void>
  /** The uses of these keys; keys first used before `usedAfter` are set free and not listed. */
  findKeyUses(keys: string[], usedAfter: Instant): Promise<KeyUse[]>
  find(id: string): Promise<Message | undefined>
  /** Newest first, at most `limit` of them. Reads no more rows than it can in some milliseconds. */
  list(query: MessageQuery & { limit: number }): Promise<MessagePage>
  findMany(ids: string[]): Promise<Message[]>
  /** How far these messages have come; inside a transaction nobody else moves them until its end. */
  standing(ids: string[]): Promise<Standing[]>
  findByProviderIds(providerMsgIds: string[]): Promise<Message[]>
  /**
   * Takes due messages (`SCHEDULED`, `QUEUED`), highest priority first, then longest due. In the same
   * statement they become `SENDING`, their attempt counts, `nextAt` becomes `leaseUntil`. Messages
   * past `expiresAt` are left for `expireDue`. Answers them by priority, then age.
   */
  claimDue(claim: { now: Instant; leaseUntil: Instant; limit: number }): Promise<Message[]>
  /** Messages waiting past their `expiresAt` become `EXPIRED`; answers them. */
  expireDue(now: Instant, limit: number): Promise<Message[]>
  /** `SENDING` rows whose lease is over become `IN_DOUBT` with `settleAt` as their due time and one lapse more; answers them. */
  doubtLapsed(now: Instant, settleAt: Instant, limit: number): Promise<Message[]>
  /**
   * Of a restored database: the first `limit` rows with ids after `after` that may have been sent since
   * it was written become `IN_DOUBT` as if they had been called when they were accepted: those that
   * waited, ran or were in doubt, and of the `SCHEDULED` ones those that were due by `now`. Answers them
   * in the order of their ids; each of them once, however often it is asked.
   */
  doubtUnfinished(restored: {
    now: Instant
    settleAt: Instant
    after: string
    limit: number
  }): Promise<Message[]>
  /** `IN_DOUBT` rows that are due for their look-up. */
  listDoubtful(now: Instant, limit: number): Promise<Message[]>
  /** Rows that the carrier has (`ACCEPTED`, `SENT`, or final ones with a poll asked for) and whose `nextAt` is due. */
  listUnsettled(now: Instant, limit: number): Promise<Message[]>
  /** Outbound rows `SENDING` or `IN_DOUBT` with this number and text, this one left out. */
  listRivals(message: Message): Promise<Message[]>
  /** Moves each row only if that raises its rank; answers the ids that moved. One statement. */
  advance(moves: Move[]): Promise<Set<string>>
  /**
   * Moves messages that stand as their claim left them: `SENDING`, of that attempt, without an id of the
   * carrier's. Answers the ids that moved; of the others something else is known by now.
   */
  complete(moves: (Move & { attempts: number })[]): Promise<Set<string>>
  /**
   * `SENDING` or `IN_DOUBT` of that attempt back to `QUEUED`: the carrier certainly does not have it.
   * `lapses` becomes 0 where its worker came back with an answer. Answers the ids that moved.
   */
  requeue(
    moves: {
      id: string
      attempts: number
      nextAt: Instant
      at: Instant
      errorCode: number | undefined
      lapses: number
    }[],
  ): Promise<Set<string>>
  /** `SENDING` of that attempt to `IN_DOUBT`. */
  doubt(
    moves: { id: string; attempts: number; nextAt: Instant; at: Instant }[],
  ): Promise<Set<string>>
  /**
   * Gives unstarted claims of that attempt back as if they had never been claimed. The attempt keeps a
   * worker that was thought dead from giving back what somebody else is sending by now. A message
   * with `putOffUntil` is due then, and `polls` counts it.
   */
  release(
    claims: { id: string; attempts: number; putOffUntil?: Instant | undefined }[],
    now: Instant,
  ): Promise<void>
  /** `SCHEDULED` or `QUEUED` to `CANCELED`, in one statement; undefined where it stands elsewhere. */
  cancel(id: string, at: Instant): Promise<Message | undefined>
  /** Inbound messages with an id before this one, newest first. */
  listInbound(page: { before: string; limit: number }): Promise<Message[]>
  /** Replaces one final status by another one: only for what the carrier says when asked. */
  correct(move: Move): Promise<boolean>
  /** Plans the next poll without any other change. */
  planPolls(plans: { id: string; nextAt: Instant | undefined; polls: number }[]): Promise<void>
  /** Writes what the carrier told late (SID, price, segments, sender, error code) without moving the status. */
  fillIn(facts: Omit<Move, 'status' | 'nextAt'>[]): Promise<void>
  /** When the earliest waiting message is due, for the timer of who sends it. */
  nextDue(): Promise<Instant | undefined>
  /** The ages and sizes that readiness and operators ask for. `waiting` counts the messages that are due. */
  queueFacts(
    now: Instant,
  ): Promise<{ waiting: number; inDoubt: number; oldestDueAt: Instant | undefined }>
}

/** Messages from one id to another, both included; one message is the range from itself to itself. */
export interface IdRange {
  first: string
  last: string
}
