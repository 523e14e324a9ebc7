import {
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely'
import { StorageError } from '../errors.ts'
import type { Session } from '../statement.ts'
import type { Engine } from './engine.ts'
import { kyselyOver } from './joined-dialect.ts'
import { type Held, hold, type PostgresRunner, transactWith } from './postgres-held.ts'

/** Kysely over a pool of `pg`: with group statements, statements prepared once a connection, and numbers as numbers. */
export function createPostgresDialect(runner: PostgresRunner): Dialect {
  return {
    createDriver: () => createDriver(runner),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db) => new PostgresIntrospector(db),
  }
}

/**
 * Runs `work` in a transaction. Kysely's own would send each statement when the one before is answered;
 * here those that are asked for together, or that nobody waits for, share a round trip.
 */
export async function transactOver<T>(
  runner: PostgresRunner,
  engine: Engine,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const held = await acquire(runner)
  let db: Session['db'] | undefined
  const session: Session = {
    // Most transactions have no use for it.
    get db() {
      return (db ??= kyselyOver(held, new PostgresQueryCompiler()))
    },
    engine,
    inTransaction: true,
    run: (query) => held.run(query),
    post: (query) => held.post(query),
  }
  try {
    return await transactWith(held, () => work(session))
  } finally {
    held.release()
  }
}

async function acquire(runner: PostgresRunner): Promise<Held> {
  const { connections, patienceMs } = runner
  const until = patienceMs === undefined ? undefined : performance.now() + patienceMs
  return hold(await connections.acquire(patienceMs), runner, until)
}

function createDriver(runner: PostgresRunner): Driver {
  const { place } = runner
  const held = new WeakMap<DatabaseConnection, Held>()
  const of = (connection: DatabaseConnection): Held => {
    const found = held.get(connection)
    if (!found) throw new StorageError(`${place}: a connection that is not ours`)
    return found
  }
  return {
    init: async () => {},
    async acquireConnection() {
      const connection = await acquire(runner)
      held.set(connection, connection)
      return connection
    },
    releaseConnection: async (connection) => of(connection).release(),
    beginTransaction: async (connection) => of(connection).begin(),
    commitTransaction: (connection) => of(connection).commit(),
    rollbackTransaction: (connection) => of(connection).rollback(),
    destroy: async () => {},
  }
}
