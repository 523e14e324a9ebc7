import type { DatabaseSync } from 'node:sqlite'
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { StorageError } from '../errors.ts'
import type { GroupQuery } from '../statement.ts'
import { createGate, type Gate } from './gate.ts'
import { busyError, explainFailure, isBusy } from './sqlite-failures.ts'
import { createStatementCache } from './sqlite-statements.ts'

/** An opened database: `file` names it in errors. */
export interface SqliteConnection {
  database: DatabaseSync
  file: string
}

/**
 * Kysely over one connection of node:sqlite. One is enough: its calls are synchronous, so a second one
 * could never read while the first one writes. A transaction holds the connection from BEGIN to
 * COMMIT; whoever comes meanwhile, reads included, waits for its end and therefore never sees a row
 * that may still be taken back. It also works for `:memory:`, where a second connection would be
 * another database. How long somebody waits for his turn and for the lock of another process is his
 * own affair: each patience is a dialect of its own over the one connection.
 */
export function createSqliteDialects(opened: SqliteConnection): {
  dialectFor: (patienceMs: number) => Dialect
  /** Runs `work` while no transaction of ours is open, and lets none begin until it is done. */
  whileIdle: <T>(work: () => Promise<T>) => Promise<T>
  close: () => Promise<void>
} {
  const gate = createGate()
  const pauses = new Set<object>()
  const driverFor = createDrivers(opened, gate, () => pauses.size > 0)
  return {
    dialectFor: (patienceMs) => ({
      createDriver: () => driverFor(patienceMs),
      createQueryCompiler: () => new SqliteQueryCompiler(),
      createAdapter,
      createIntrospector: (db) => new SqliteIntrospector(db),
    }),
    async whileIdle(work) {
      const pause = {}
      pauses.add(pause)
      try {
        while (opened.database.isOpen && opened.database.isTransaction) await turn()
        return await work()
      } finally {
        pauses.delete(pause)
      }
    },
    // Kysely's own `destroy` leaves a database open that nobody has asked anything yet.
    async close() {
      await gate.enter()
      if (opened.database.isOpen) opened.database.close()
      gate.leave()
    },
  }
}

/** Kysely would let one in after another, however long each waits: that is what the gate is for. */
function createAdapter(): SqliteAdapter {
  return Object.defineProperty(new SqliteAdapter(), 'supportsMultipleConnections', { value: true })
}

function createDrivers(
  { database, file }: SqliteConnection,
  gate: Gate,
  isPaused: () => boolean,
): (patienceMs: number) => Driver {
  const prepare = createStatementCache(database)
  /** Until when whoever holds the connection waits for the lock of another one. */
  let deadline = 0
  /** `failed` from the first failed statement until the connection is given back. */
  let transaction: 'none' | 'open' | 'failed' = 'none'

  function run(sql: string): void {
    prepare(sql).statement.run()
  }

  function runGroups(query: GroupQuery): { touched: number }[] {
    const { statement } = prepare(query.sql)
    return query.groups.map((values) => ({ touched: Number(statement.run(...values).changes) }))
  }

  function runGroupsAlone(query: GroupQuery): { touched: number }[] {
    run('begin immediate')
    try {
      const touched = runGroups(query)
      run('commit')
      return touched
    } catch (error) {
      if (database.isTransaction) run('rollback')
      throw error
    }
  }

  function execute(query: CompiledQuery | GroupQuery): QueryResult<unknown> {
    if ('groups' in query)
      return { rows: transaction === 'none' ? runGroupsAlone(query) : runGroups(query) }
    const { statement, answersRows } = prepare(query.sql)
    const values = query.parameters.map(bindable)
    if (answersRows) return { rows: statement.all(...values) }
    return { numAffectedRows: BigInt(statement.run(...values).changes), rows: [] }
  }

  // All or nothing must also hold where a failed statement is swallowed, where SQLite has ended the
  // transaction by itself (a full disk), and where a sibling statement is still to come after the end.
  function assertWhole(): void {
    if (transaction === 'open' && !database.isTransaction) transaction = 'failed'
    if (transaction === 'failed')
      throw new StorageError(`${file}: this transaction has failed or ended before`)
  }

  /** Waits for the lock of another connection by turns of the event loop: SQLite's own way stops them. */
  async function attempt<T>(work: () => T): Promise<T> {
    const until = deadline
    for (let waitMs = 1; ; waitMs = Math.min(2 * waitMs, 16)) {
      if (!database.isOpen) throw new StorageError(`${file}: is closed`)
      assertWhole()
      try {
        return work()
      } catch (error) {
        const again = transaction === 'none' && isBusy(error) && performance.now() < until
        if (transaction === 'open') transaction = 'failed'
        if (!again) throw explainFailure(error, file)
      }
      // Meanwhile others may read, and find out by themselves how long they want to wait.
      gate.leave()
      await delay(waitMs)
      await gate.enter()
      deadline = until
    }
  }

  const connection: DatabaseConnection = {
    // What a row looks like is known where the statement is written.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    executeQuery: <R>(query: CompiledQuery) => attempt(() => execute(query) as QueryResult<R>),
    streamQuery() {
      throw new Error('streaming is not offered: read in pages')
    },
  }

  return (patienceMs) => ({
    init: async () => {},
    async acquireConnection() {
      const until = performance.now() + patienceMs
      if (!(await gate.enter(patienceMs))) {
        throw new StorageError(`${file}: was not free for ${patienceMs} ms`)
      }
      deadline = until
      return connection
    },
    async releaseConnection() {
      transaction = 'none'
      gate.leave()
    },
    beginTransaction: () =>
      attempt(() => {
        if (isPaused()) throw busyError()
        run('begin immediate')
        transaction = 'open'
      }),
    commitTransaction: () => attempt(() => run('commit')),
    async rollbackTransaction() {
      if (database.isOpen && database.isTransaction) run('rollback')
    },
    destroy: async () => {},
  })
}

function bindable(value: unknown): string | number | null {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value
  throw new TypeError(`a ${typeof value} cannot be stored`)
}
