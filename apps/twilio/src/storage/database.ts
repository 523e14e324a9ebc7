import { setTimeout as delay } from 'node:timers/promises'
import { createAdminAccounts, createAdminSessions } from './admins.ts'
import { createApiKeys } from './api-keys.ts'
import { createAudit } from './audit.ts'
import { createBrowse } from './browse.ts'
import { createErasure } from './erasure.ts'
import { StorageError } from './errors.ts'
import { createEvents } from './events.ts'
import { createFeed } from './feed.ts'
import { createHourly } from './hourly.ts'
import { createCursors, createLeases } from './leases.ts'
import { createMessages } from './messages.ts'
import { createMigrator } from './migrate.ts'
import { createOptOuts } from './opt-outs.ts'
import type { Instant } from '../domain/time.ts'
import { createParkedEvents } from './parked-events.ts'
import { createQueue } from './queue.ts'
import { createRetention } from './retention.ts'
import type { Session } from './statement.ts'
import type { Joined, Store, Tables } from './store.ts'
import { createThrottles } from './throttles.ts'
import { createVerificationEvents } from './verification-events.ts'
import { createVerifications } from './verifications.ts'
import { createWebhooks } from './webhooks.ts'
import { createWorkers } from './workers.ts'

/** What an engine brings for a store. `place` names the database in errors. */
export interface StoreParts {
  place: string
  now: () => Instant
  close: () => Promise<void>
  onWake?: Store['onWake']
  manyWriters: boolean
  /** Runs migrations where they are allowed to take longer than everything else. */
  migrating?: Session | undefined
  /** Rejects where the database is none that we can work with. */
  assertUsable?: (() => Promise<void>) | undefined
  /** Hands `work` a session inside a transaction that the host began. */
  join<T>(transaction: unknown, work: (session: Session) => Promise<T>): Promise<Joined<T>>
}

/** What a single statement waits for: whoever needs longer takes a transaction. */
const promptMs = 1_000
// The server has taken a second to notice it.
const giveWayMs = 100

/** The store over an opened engine. `sessionFor` answers sessions that wait so long and no longer. */
export function createStore(
  sessionFor: (patienceMs?: number) => Session,
  parts: StoreParts,
): Store {
  const { place, now, onWake, manyWriters } = parts
  const sessions = new Map<number | undefined, Session>()
  const patient = within(undefined)
  const { migrating = patient } = parts
  const running = new Set<Promise<unknown>>()
  const queues = new WeakMap<object, Promise<unknown>>()

  function within(patienceMs: number | undefined): Session {
    const session = sessions.get(patienceMs) ?? sessionFor(patienceMs)
    sessions.set(patienceMs, session)
    return session
  }

  async function runTwice<T>(work: (tables: Tables) => Promise<T>, session: Session): Promise<T> {
    const { db, engine } = session
    const once = () =>
      session.transact?.((inside) => work(createTables(inside))) ??
      db
        .transaction()
        .execute((trx) => work(createTables({ db: trx, engine, inTransaction: true })))
    try {
      return await once()
    } catch (error) {
      // Two transactions waited for each other and this one had to give way: nothing of it is left.
      if (!engine.isRetryable(error)) throw error
      // The other one is about to take what this one has let go. Asked for again at once, it may be gone
      // before, and they would wait for each other once more.
      await delay(giveWayMs)
      return once()
    }
  }

  async function finish<T>(run: Promise<T>): Promise<T> {
    running.add(run)
    try {
      return await run
    } finally {
      running.delete(run)
    }
  }

  /** Those who share a transaction of the host's one after another: together they would not see each other. */
  function inTurn<T>(transaction: unknown, work: () => Promise<T>): Promise<T> {
    const isKey = typeof transaction === 'object' || typeof transaction === 'function'
    if (!isKey || transaction === null) return work()
    const turn = (queues.get(transaction) ?? Promise.resolve()).then(work, work)
    queues.set(transaction, turn)
    return turn
  }

  const migrator = createMigrator(migrating, { place, now })
  return {
    ...createTables(within(promptMs)),
    async migrate() {
      await parts.assertUsable?.()
      return migrator.migrate()
    },
    async scrub() {
      const { db, engine } = patient
      const result = await engine.scrub?.execute(db)
      return result?.rows[0]?.busy !== 1
    },
    migrationStatus: migrator.migrationStatus,
    migrationPlan: migrator.migrationPlan,
    ...(onWake && { onWake }),
    manyWriters,
    transaction: (work, { patienceMs } = {}) => finish(runTwice(work, within(patienceMs))),
    join: (transaction, work) =>
      finish(
        inTurn(transaction, () =>
          parts.join(transaction, (session) => work(createTables(session))),
        ),
      ),
    async ping() {
      const { db, engine } = within(promptMs)
      await engine.ping.execute(db)
    },
    ...(patient.engine.now && {
      now: createReader(within(promptMs).db, patient.engine.now, place),
    }),
    async close() {
      // What has been asked before is finished, also where it still waits for its connection.
      await Promise.allSettled(running)
      await parts.close()
    },
  }
}

function createReader(
  db: Session['db'],
  query: NonNullable<Session['engine']['now']>,
  place: string,
): NonNullable<Store['now']> {
  return async () => {
    const { rows } = await query.execute(db)
    if (rows[0] === undefined) throw new StorageError(`${place}: did not tell the time`)
    return rows[0].now
  }
}

function createTables(session: Session): Tables {
  return {
    messages: createMessages(session),
    events: createEvents(session),
    feed: createFeed(session),
    verifications: createVerifications(session),
    verificationEvents: createVerificationEvents(session),
    parkedEvents: createParkedEvents(session),
    webhooks: createWebhooks(session),
    throttles: createThrottles(session),
    optOuts: createOptOuts(session),
    audit: createAudit(session),
    queue: createQueue(session),
    erasure: createErasure(session),
    apiKeys: createApiKeys(session),
    workers: createWorkers(session),
    leases: createLeases(session),
    cursors: createCursors(session),
    retention: createRetention(session),
    admins: createAdminAccounts(session),
    adminSessions: createAdminSessions(session),
    browse: createBrowse(session),
    hourly: createHourly(session),
  }
}
