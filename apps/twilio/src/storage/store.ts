import type { MessageEvent, NewEvent } from '../domain/event.ts'
import type { MessageStatus } from '../domain/message.ts'
import type { OptOut } from '../domain/opt-out.ts'
import type { Hits } from '../domain/throttle.ts'
import type { Instant } from '../domain/time.ts'
import type { Verification, VerificationStatus } from '../domain/verification.ts'
import type { AdminAccountStore, AdminSessionStore, ApiKeyStore } from './access-stores.ts'
import type { BrowseStore, HourlyStore } from './browse-store.ts'
import type { AuditStore, ErasureStore, QueueStore } from './desk-stores.ts'
import type {
  EventPlace,
  FeedStore,
  ParkedEventStore,
  VerificationEventStore,
  WebhookStore,
} from './event-stores.ts'
import type { IdRange, MessageStore } from './message-store.ts'

export type {
  AdminAccount,
  AdminAccountStore,
  AdminSessionStore,
  ApiKey,
  ApiKeyStore,
} from './access-stores.ts'
export type { AuditStore, ErasureStore, QueueStore } from './desk-stores.ts'
export type {
  IdRange,
  MessagePage,
  MessageStore,
  Move,
  NewMessage,
  Standing,
} from './message-store.ts'

/** The events of `sms_event`. */
export interface EventStore {
  /** Grouped insert; an event whose `dedupeKey` is there already is left out. Answers which ones are new, in input order. */
  append(events: NewEvent[]): Promise<boolean[]>
  list(messageId: string): Promise<MessageEvent[]>
  /** Behind everything that is committed; what is being committed just now may still come. */
  end(): Promise<EventPlace>
  /**
   * Of all messages, in an order in which nothing can come later and lie before; `next` is where to go
   * on. A long transaction holds up what comes after it.
   */
  listAfter(place: EventPlace, limit: number): Promise<{ events: MessageEvent[]; next: EventPlace }>
  /** Callbacks that came before we knew their SID: hands them over to their messages and answers them. */
  adopt(owners: { providerMsgId: string; messageId: string }[]): Promise<MessageEvent[]>
  /**
   * The newest event of this status, so far only noted, has moved its message after all. It becomes a
   * new row, so that whoever follows events comes by it.
   */
  confirm(messageId: string, status: MessageStatus): Promise<void>
}

/** The verifications of `sms_verification`. */
export interface VerificationStore {
  insert(verification: Verification): Promise<void>
  find(id: string): Promise<Verification | undefined>
  /** The newest pending one of this number and purpose, of this client where `clientKey` is given. */
  findPending(query: {
    toPhone: string
    purpose: string
    clientKey?: string | undefined
    now: Instant
  }): Promise<Verification | undefined>
  /** Counts one more send, keeps the deadline. False when it is no longer pending or `maxSends` are used up. */
  countSend(id: string, at: Instant, maxSends: number): Promise<boolean>
  /** Sets the carrier's id and the deadline that the carrier keeps. */
  setProviderSid(id: string, providerSid: string, expiresAt: Instant): Promise<void>
  /**
   * Takes one guess: counted in the statement that reads the row, before any comparison.
   * `undefined` when it is not pending, past its deadline, or out of guesses.
   */
  takeGuess(id: string, now: Instant, maxAttempts: number): Promise<Verification | undefined>
  /** Moves a pending one to its end; true for exactly one caller. */
  end(id: string, status: Exclude<VerificationStatus, 'pending'>, at: Instant): Promise<boolean>
  /** Pending ones past their deadline become `expired`; answers them. */
  expire(now: Instant, limit: number): Promise<Verification[]>
}

/** The counters of `sms_throttle`. */
export interface ThrottleStore {
  /** Locks the rows of these keys for this transaction and reads them. */
  lock(keys: string[]): Promise<Map<string, Hits>>
  /** Reads the rows that there are, and locks none. */
  read(keys: string[]): Promise<Map<string, Hits>>
  /** Writes the hits back; a row may be thrown away after `expiresAt`. */
  save(entries: { key: string; hits: Hits; expiresAt: Instant }[]): Promise<void>
  /** Throws rows away that no rule needs any more. */
  sweep(now: Instant, limit: number): Promise<number>
}

/** The phones of `sms_opt_out`. */
export interface OptOutStore {
  /** The opt-outs of these phones. */
  find(phones: string[]): Promise<Pick<OptOut, 'phone' | 'sender'>[]>
  /**
   * Inside a transaction, instead of `find`: it fails with an `AssumptionError` where one of these phones
   * has an opt-out, and saves a round trip where none has. Undefined where there is none to save.
   */
  assumeNone?: ((phones: string[]) => Promise<void>) | undefined
  /** The opt-outs of the phones whose messages were claimed until this moment. */
  findOfClaimed(leaseUntil: Instant): Promise<Pick<OptOut, 'phone' | 'sender'>[]>
  /** False where this phone has opted out of this sender before: that entry stays as it is. */
  add(optOut: OptOut): Promise<boolean>
  /** Removes those of a phone, of one sender where it is given; answers how many. */
  remove(phone: string, sender?: string): Promise<number>
  /** Removes what the phone or the carrier has brought about for these senders; answers how many. */
  lift(phone: string, senders: string[]): Promise<number>
  /** Newest first. */
  list(page: {
    before?: Pick<OptOut, 'at' | 'phone' | 'sender'> | undefined
    limit: number
  }): Promise<OptOut[]>
}

/** A process that delivers messages. */
export interface WorkerRecord {
  id: string
  host: string
  pid: number
  /** Calls to the carrier at its last beat. */
  inFlight: number
  startedAt: Instant
  /** Its last sign of life. */
  beatAt: Instant
}

/** The processes of `sms_worker`. */
export interface WorkerStore {
  /** Registers it, or notes its sign of life. */
  beat(worker: WorkerRecord): Promise<void>
  remove(id: string): Promise<void>
  /** Oldest first. */
  list(): Promise<WorkerRecord[]>
  /** Forgets those silent since before this moment; answers how many. */
  sweep(before: Instant): Promise<number>
}

/** What one process at a time may do, in `sms_lease`. */
export interface LeaseStore {
  /**
   * Takes the lease, or renews one's own; false while somebody else holds it. One statement, which
   * writes nothing when it is false. A lease that runs on for more than twice as long as the one asked
   * for was given by a clock that was wrong, and binds nobody.
   */
  take(lease: { name: string; holder: string; now: Instant; until: Instant }): Promise<boolean>
  /** Gives it back, if it is still one's own. */
  release(name: string, holder: string): Promise<void>
}

/** How far a piece of work has come that goes through rows in their order, in `sms_cursor`. */
export interface CursorStore {
  read(name: string): Promise<string | undefined>
  write(name: string, position: string, at: Instant): Promise<void>
  /** Puts it there unless it stands somewhere already. */
  begin(name: string, position: string, at: Instant): Promise<void>
  /** Moves it from where the caller read it; false where it stands somewhere else by now. */
  move(name: string, step: { from: string; to: string; at: Instant }): Promise<boolean>
}

/**
 * Forgetting what `sms_log` and `sms_verification` were kept for. Messages that are not over stay as
 * they are: final ones are, and sent ones that nobody asks about any more. Each answers how many rows
 * it changed.
 */
export interface RetentionStore {
  /** The first `limit` ids after `after` and before `before`, how many those are, and the first message among them that is not over. */
  nextRange(query: {
    after: string
    before: string
    limit: number
  }): Promise<(IdRange & { seen: number; firstOpen: string | undefined }) | undefined>
  /** Idempotency keys and request digests, of messages in any state. */
  clearKeys(range: IdRange): Promise<number>
  /** Text, metadata and media of a message. */
  clearTexts(range: IdRange): Promise<number>
  /** The number of the other side, as `maskPhone` writes it. */
  maskPhones(range: IdRange): Promise<number>
  /** Ended and expired verifications with an id before this one, the oldest first. */
  deleteVerifications(old: { before: string; now: Instant; limit: number }): Promise<number>
  /** Whole messages with their events, the oldest first. */
  deleteMessages(old: { before: string; limit: number }): Promise<number>
}

/** Every noun of the database, bound to one connection. */
export interface Tables {
  messages: MessageStore
  events: EventStore
  feed: FeedStore
  verifications: VerificationStore
  verificationEvents: VerificationEventStore
  parkedEvents: ParkedEventStore
  webhooks: WebhookStore
  throttles: ThrottleStore
  optOuts: OptOutStore
  audit: AuditStore
  queue: QueueStore
  erasure: ErasureStore
  apiKeys: ApiKeyStore
  workers: WorkerStore
  leases: LeaseStore
  cursors: CursorStore
  retention: RetentionStore
  admins: AdminAccountStore
  adminSessions: AdminSessionStore
  browse: BrowseStore
  hourly: HourlyStore
}

/** What a migration run did. */
export interface MigrationReport {
  applied: string[]
  pending: string[]
}

/** A migration that is missing, and what it would run. */
export interface PlannedMigration {
  name: string
  statements: string[]
}

/** What was done inside a transaction of the host's, and how its end can be noticed. */
export interface Joined<T> {
  result: T
  /** `signalled`: `onWake` tells of the commit. `asked`: it can be asked. `unknown`: one has to look. */
  end: { kind: 'signalled' } | { kind: 'asked'; isOpen: () => boolean } | { kind: 'unknown' }
}

/**
 * The database. Reads outside a transaction see committed rows; what is asked outside of one waits a
 * second at most. Everything written inside `transaction` is on disk when it resolves, or not there at
 * all when it rejects.
 */
export interface Store extends Tables {
  /**
   * On SQLite it runs alone among writers (BEGIN IMMEDIATE); on PostgreSQL beside others, and
   * `findMany`, `standing`, `findByProviderIds` and `lock` keep them off what they read until it ends. Where two
   * wait for each other `work` runs a second time, so it must do nothing but ask the tables. Not to be
   * nested. With `patienceMs` it rejects when it is not done by about then, whatever it waits for.
   */
  transaction<T>(
    work: (tables: Tables) => Promise<T>,
    options?: { patienceMs?: number | undefined },
  ): Promise<T>
  /**
   * Runs `work` inside a transaction that the host began and will end. Rejects with `JoinError` before
   * anything is written where that cannot be done; errors of the database come as the host's own
   * client throws them.
   */
  join<T>(transaction: unknown, work: (tables: Tables) => Promise<T>): Promise<Joined<T>>
  /** True where several transactions can write at the same time. */
  manyWriters: boolean
  /** Applies what is missing, under a lock; several processes may call it at once. */
  migrate(): Promise<MigrationReport>
  migrationStatus(): Promise<MigrationReport>
  /** The migrations that are missing, with their SQL; runs none of it. */
  migrationPlan(): Promise<PlannedMigration[]>
  /**
   * Takes what was deleted or overwritten out of the files too, as far as this process may say. False
   * where somebody else is just reading it: then ask again later.
   */
  scrub(): Promise<boolean>
  /** Rejects when the database cannot be reached. */
  ping(): Promise<void>
  /** The clock of the database, where processes share it over a network; else they share the machine's. */
  now?: () => Promise<Instant>
  /**
   * Calls `listener` when another process has stored new messages, until the returned function is
   * called. Only where the database can tell; a signal may be lost, so a poll stays needed.
   */
  onWake?(listener: () => void): () => void
  close(): Promise<void>
}
