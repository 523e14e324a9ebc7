import type { AuditEntry, NewAuditEntry } from '../domain/audit.ts'
import type { Message } from '../domain/message.ts'
import type { Instant } from '../domain/time.ts'
import type { IdRange } from './message-store.ts'

// The part of the store that a desk works with: who did what, what waits, what is to be erased.

/** The entries of `sms_audit`. */
export interface AuditStore {
  append(entries: readonly NewAuditEntry[]): Promise<void>
  /** Newest first, those with a lower id than `before`. */
  list(page: {
    before?: number | undefined
    limit: number
    subject?: string | undefined
  }): Promise<AuditEntry[]>
}

/** What is asked about the messages of `sms_log` together, without reading all of them. */
export interface QueueStore {
  /**
   * Counts up to `most` of each priority, and of what is planned for later up to `mostRead`. `failed` are
   * those that ended badly with an id from `failedFrom` on.
   */
  facts(query: { now: Instant; failedFrom: string; most: number; mostRead: number }): Promise<{
    due: number
    /** Of those that are due. */
    earliestAt: Instant | undefined
    scheduled: number
    /** Queued, and to be sent later. */
    retrying: number
    sending: number
    inDoubt: number
    failed: number
  }>
  /** `FAILED`, `UNDELIVERED` and `EXPIRED` messages with an id before this one, newest first. */
  listFailed(page: { before: string; limit: number }): Promise<Message[]>
}

/** Forgetting one phone, in the messages from one id to another. */
export interface ErasureStore {
  /** Messages to it that wait become `CANCELED`; answers them. */
  cancelWaiting(range: IdRange, phone: string, at: Instant): Promise<Message[]>
  /** Empties its messages that are over and masks its number in them; `left` are not over. */
  erase(range: IdRange, phone: string): Promise<{ erased: number; left: number }>
  deleteVerifications(phone: string): Promise<number>
}
