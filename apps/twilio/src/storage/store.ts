import type { ApiScope } from '../domain/access.ts'
import type { MessageEvent, NewEvent } from '../domain/event.ts'
import type { Role } from '../domain/role.ts'
import type { Hits } from '../domain/throttle.ts'
import type { Instant } from '../domain/time.ts'
import type { Verification, VerificationStatus } from '../domain/verification.ts'
import type { MessageStore } from './message-store.ts'

export type { NewMessage, Move, Standing, MessageStore } from './message-store.ts'

/** The events of `sms_event`. */
export interface EventStore {
  /** Grouped insert; an event whose `dedupeKey` is there already is left out. Answers which ones are new, in input order. */
  append(events: NewEvent[]): Promise<boolean[]>
  list(messageId: string): Promise<MessageEvent[]>
  /** Callbacks that came before we knew their SID: hands them over to their messages and answers them. */
  adopt(owners: { providerMsgId: string; messageId: string }[]): Promise<MessageEvent[]>
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
}

/** The counters of `sms_throttle`. */
export interface ThrottleStore {
  /** Locks the rows of these keys for this transaction and reads them. */
  lock(keys: string[]): Promise<Map<string, Hits>>
  /** Writes the hits back; a row may be thrown away after `expiresAt`. */
  save(entries: { key: string; hits: Hits; expiresAt: Instant }[]): Promise<void>
  /** Throws rows away that no rule needs any more. */
  sweep(now: Instant, limit: number): Promise<number>
}

/** The phones of `sms_opt_out`. */
export interface OptOutStore {
  /** Which of these phones opted out. */
  find(phones: string[]): Promise<Set<string>>
  add(optOut: { phone: string; reason: string; at: Instant }): Promise<void>
  remove(phone: string): Promise<boolean>
}

/** One row of `sms_api_key`; the key itself is not kept, only its SHA-256 in hex. */
export interface ApiKey {
  id: string
  name: string
  keyHash: string
  scopes: ApiScope[]
  createdAt: Instant
  revokedAt: Instant | undefined
}

/** The keys of `sms_api_key`. */
export interface ApiKeyStore {
  insert(key: ApiKey): Promise<void>
  findByHash(keyHash: string): Promise<ApiKey | undefined>
  list(): Promise<ApiKey[]>
  revoke(id: string, at: Instant): Promise<boolean>
}

/** One row of `sms_admin_account`. */
export interface AdminAccount {
  name: string
  passwordHash: string
  role: Role
  createdAt: Instant
  changedAt: Instant
}

/** The accounts of `sms_admin_account`. */
export interface AdminAccountStore {
  /** False when the name is taken. */
  insert(account: AdminAccount): Promise<boolean>
  find(name: string): Promise<AdminAccount | undefined>
  /** By name. */
  list(): Promise<AdminAccount[]>
  /** False when there is no such account. */
  update(
    name: string,
    change: { passwordHash?: string; role?: Role; changedAt: Instant },
  ): Promise<boolean>
  remove(name: string): Promise<boolean>
}

/** The sessions of `sms_admin_session`, each with the role that its account has now. */
export interface AdminSessionStore {
  insert(session: {
    idHash: string
    name: string
    createdAt: Instant
    seenAt: Instant
  }): Promise<void>
  /** Undefined also where the account is gone. */
  find(
    idHash: string,
  ): Promise<{ name: string; role: Role; createdAt: Instant; seenAt: Instant } | undefined>
  touch(idHash: string, at: Instant): Promise<void>
  end(idHash: string): Promise<void>
  /** Ends every session of an account. */
  endAll(name: string): Promise<void>
  /** Throws away sessions begun, or last seen, at these moments or before; answers how many. */
  sweep(old: { createdUntil: Instant; seenUntil: Instant }): Promise<number>
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
}

/** Messages from one id to another, both included; one message is the range from itself to itself. */
export interface IdRange {
  first: string
  last: string
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
  verifications: VerificationStore
  throttles: ThrottleStore
  optOuts: OptOutStore
  apiKeys: ApiKeyStore
  workers: WorkerStore
  leases: LeaseStore
  cursors: CursorStore
  retention: RetentionStore
  admins: AdminAccountStore
  adminSessions: AdminSessionStore
}

/** What a migration run did. */
export interface MigrationReport {
  applied: string[]
  pending: string[]
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
