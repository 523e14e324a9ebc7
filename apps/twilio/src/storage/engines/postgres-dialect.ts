import { createHash } from 'node:crypto'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely'
import { StorageError } from '../errors.ts'
import type { GroupQuery } from '../statement.ts'
import {
  explainPostgresFailure,
  isConnectionLost,
  isStalePlan,
  mayRunAgain,
} from './postgres-failures.ts'
import { inRounds, touchedOf } from './postgres-groups.ts'
import type { Connections, PostgresClient, PostgresQuery, PostgresResult } from './postgres-pool.ts'

/** How statements are run. `place` names the database in errors. */
export interface PostgresRunner {
  connections: Connections
  names: Names
  place: string
  /** Begins a transaction. */
  begin: string
  /** After this long without an answer the connection is taken for dead; 0 waits for ever. */
  queryTimeoutMs: number
  /** All that is asked while a connection is held, the wait for it included, takes no longer. */
  patienceMs?: number | undefined
}

// A commit that was asked for late gets this long all the same: cut off, nobody knows what became of it.
const commitMs = 250

/** Kysely over a pool of `pg`: with group statements, statements prepared once a connection, and numbers as numbers. */
export function createPostgresDialect(runner: PostgresRunner): Dialect {
  return {
    createDriver: () => createDriver(runner),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db) => new PostgresIntrospector(db),
  }
}

/** A connection while somebody holds it. */
interface Held extends DatabaseConnection {
  begin(): Promise<void>
  commit(): Promise<void>
  rollback(): Promise<void>
  release(): void
}

function createDriver(runner: PostgresRunner): Driver {
  const { connections, place, patienceMs } = runner
  const held = new WeakMap<DatabaseConnection, Held>()
  const of = (connection: DatabaseConnection): Held => {
    const found = held.get(connection)
    if (!found) throw new StorageError(`${place}: a connection that is not ours`)
    return found
  }
  return {
    init: async () => {},
    async acquireConnection() {
      const until = patienceMs === undefined ? undefined : performance.now() + patienceMs
      const connection = hold(await connections.acquire(patienceMs), runner, until)
      held.set(connection, connection)
      return connection
    },
    releaseConnection: async (connection) => of(connection).release(),
    beginTransaction: (connection) => of(connection).begin(),
    commitTransaction: (connection) => of(connection).commit(),
    rollbackTransaction: (connection) => of(connection).rollback(),
    destroy: async () => {},
  }
}

function hold(client: PostgresClient, runner: PostgresRunner, until: number | undefined): Held {
  const { connections, names, place, begin, queryTimeoutMs } = runner
  let transaction: 'none' | 'open' | 'failed' | 'over' = 'none'
  let isLost = false
  /** Why it failed, for whoever decides whether to run it again. */
  let failure: unknown
  // A connection may break while nothing is asked over it: without a listener that ends the process.
  const lose = () => {
    isLost = true
  }
  client.on('error', lose)

  function failedBefore(): StorageError {
    const words = `${place}: this transaction has failed or ended before`
    return new StorageError(words, { cause: failure })
  }

  /** How long the server may take for an answer. */
  function timeLeft(leastMs: number): number {
    if (until === undefined) return queryTimeoutMs
    const leftMs = Math.ceil(until - performance.now())
    if (leftMs <= 0 && leastMs === 0) throw new StorageError(`${place}: took too long`)
    return Math.max(leftMs, leastMs)
  }

  async function ask(query: PostgresQuery, leastMs = 0): Promise<PostgresResult> {
    try {
      return await client.query({ ...query, types, query_timeout: timeLeft(leastMs) })
    } catch (error) {
      if (isConnectionLost(error)) isLost = true
      if (isStalePlan(error)) names.renew()
      if (transaction === 'open') {
        transaction = 'failed'
        failure = error
      }
      throw explainPostgresFailure(error, place)
    }
  }

  function run(text: string, values: readonly unknown[]): Promise<PostgresResult> {
    // Also where a failed statement was swallowed, and where one is still to come after the end.
    if (transaction === 'failed' || transaction === 'over') {
      throw failedBefore()
    }
    // Anything else without values is not asked often enough to be worth a name.
    if (values.length === 0 && !/^\s*select\b/i.test(text)) return ask({ text })
    return ask({ text, values: [...values], name: names.of(text) })
  }

  async function runGroups(query: GroupQuery): Promise<QueryResult<unknown>> {
    const rounds = inRounds(query)
    const alone = transaction === 'none' && rounds.length > 1
    const touched: number[] = []
    if (alone) await ask({ text: begin })
    try {
      for (const round of rounds) {
        const { rows } = await run(query.sql, round.columns)
        for (const [place, count] of touchedOf(round, rows)) touched[place] = count
      }
      if (alone) await ask({ text: 'commit' }, commitMs)
    } catch (error) {
      if (alone && !isLost) await ask({ text: 'rollback' }, commitMs).catch(lose)
      throw error
    }
    return { rows: touched.map((count) => ({ touched: count })) }
  }

  async function execute(query: CompiledQuery | GroupQuery): Promise<QueryResult<unknown>> {
    if ('groups' in query) return runGroups(query)
    const { rows, rowCount } = await run(query.sql, query.parameters)
    return { rows, numAffectedRows: BigInt(rowCount ?? 0) }
  }

  return {
    async executeQuery<R>(query: CompiledQuery) {
      const once = () => execute(query)
      const result = await (transaction === 'none' ? once().catch(again(once)) : once())
      // What a row looks like is known where the statement is written.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      return result as QueryResult<R>
    },
    streamQuery() {
      throw new Error('streaming is not offered: read in pages')
    },
    async begin() {
      await ask({ text: begin })
      transaction = 'open'
    },
    async commit() {
      if (transaction === 'failed') throw failedBefore()
      // Not begun: what is late by now is not written at all.
      timeLeft(0)
      transaction = 'over'
      const { command } = await ask({ text: 'commit' }, commitMs)
      // PostgreSQL answers the COMMIT of a failed transaction with a ROLLBACK, not with an error.
      if (command === 'COMMIT') return
      throw new StorageError(`${place}: this transaction was rolled back`)
    },
    async rollback() {
      transaction = 'over'
      // Over a connection that says nothing this would be waited for once more.
      if (!isLost) await ask({ text: 'rollback' }, commitMs).catch(lose)
    },
    release() {
      transaction = 'over'
      client.removeListener('error', lose)
      connections.release(client, isLost)
    },
  }
}

function again<T>(once: () => Promise<T>): (error: unknown) => Promise<T> {
  return (error) => {
    if (mayRunAgain(error)) return once()
    throw error
  }
}

/** Names of prepared statements. */
export interface Names {
  of(text: string): string
  /** The tables have changed: every connection prepares its statements anew. */
  renew(): void
}

/** The names that all connections of a store share. */
export function createNames(): Names {
  const known = new Map<string, string>()
  let generation = 0
  return {
    of(text) {
      let name = known.get(text)
      if (name === undefined) {
        const digest = createHash('sha256').update(text).digest('hex')
        name = `hsb_${digest.slice(0, 24)}_${generation}`
        known.set(text, name)
      }
      return name
    },
    renew() {
      generation++
      known.clear()
    },
  }
}

// By statement: `pg.types.setTypeParser` would change what the host reads.
const oids = { bool: 16, int8: 20, int2: 21, int4: 23 }
const numbers = new Set([oids.int8, oids.int2, oids.int4])
const types = {
  getTypeParser(oid: number): (text: string) => unknown {
    if (numbers.has(oid)) return Number
    if (oid === oids.bool) return (text) => text === 't'
    return String
  },
}
