import { createApiKeys } from './api-keys.ts'
import { StorageError } from './errors.ts'
import { createEvents } from './events.ts'
import { createCursors, createLeases } from './leases.ts'
import { createMessages } from './messages.ts'
import { createMigrator } from './migrate.ts'
import { createOptOuts } from './opt-outs.ts'
import type { Instant } from '../domain/time.ts'
import { createRetention } from './retention.ts'
import type { Session } from './statement.ts'
import type { Store, Tables } from './store.ts'
import { createThrottles } from './throttles.ts'
import { createVerifications } from './verifications.ts'
import { createWorkers } from './workers.ts'

/** The store over an opened engine. `place` names the database in errors. */
export function createStore(
  session: Session,
  {
    place,
    now,
    close,
    onWake,
    migrating = session,
  }: {
    place: string
    now: () => Instant
    close: () => Promise<void>
    onWake?: Store['onWake']
    /** Runs migrations where they are allowed to take longer than everything else. */
    migrating?: Session | undefined
  },
): Store {
  const { db, engine } = session
  const running = new Set<Promise<unknown>>()

  async function runTwice<T>(work: (tables: Tables) => Promise<T>): Promise<T> {
    const once = () =>
      db
        .transaction()
        .execute((trx) => work(createTables({ db: trx, engine, inTransaction: true })))
    try {
      return await once()
    } catch (error) {
      // Two transactions waited for each other and this one had to give way: nothing of it is left.
      if (!engine.isRetryable(error)) throw error
      return once()
    }
  }

  return {
    ...createTables(session),
    ...createMigrator(migrating, { place, now }),
    ...(onWake && { onWake }),
    async transaction(work) {
      const run = runTwice(work)
      running.add(run)
      try {
        return await run
      } finally {
        running.delete(run)
      }
    },
    async scrub() {
      const result = await engine.scrub?.execute(db)
      return result?.rows[0]?.busy !== 1
    },
    async ping() {
      await engine.ping.execute(db)
    },
    ...(engine.now && { now: createReader(db, engine.now, place) }),
    async close() {
      // What has been asked before is finished, also where it still waits for its connection.
      await Promise.allSettled(running)
      await close()
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
    verifications: createVerifications(session),
    throttles: createThrottles(session),
    optOuts: createOptOuts(session),
    apiKeys: createApiKeys(session),
    workers: createWorkers(session),
    leases: createLeases(session),
    cursors: createCursors(session),
    retention: createRetention(session),
  }
}
