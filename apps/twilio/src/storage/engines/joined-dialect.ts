import {
  type CompiledQuery,
  type DatabaseConnection,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  type QueryCompiler,
  type QueryResult,
} from 'kysely'
import { messageFields } from '../message-rows.ts'
import type { Schema } from '../schema.ts'
import type { GroupQuery, Session } from '../statement.ts'
import type { Engine } from './engine.ts'

/** Runs our statements inside a transaction of the host's. */
export interface JoinedRunner {
  engine: Engine
  compiler: QueryCompiler
  run(text: string, values: readonly unknown[]): Promise<unknown[]>
  /** Answers how many rows each group touched. */
  runGroups(query: GroupQuery): Promise<number[]>
}

async function refuse(): Promise<void> {
  throw new Error('this transaction is not ours to begin or to end')
}

/** A session whose transaction somebody else began and will end. */
export function createJoinedSession(runner: JoinedRunner): Session {
  const connection: DatabaseConnection = {
    async executeQuery<R>(query: CompiledQuery | GroupQuery) {
      const result = await execute(runner, query)
      // What a row looks like is known where the statement is written.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      return result as QueryResult<R>
    },
    streamQuery() {
      throw new Error('streaming is not offered: read in pages')
    },
  }
  const db = kyselyOver(connection, runner.compiler)
  return { db, engine: runner.engine, inTransaction: true }
}

/** Kysely over one connection whose transaction somebody else began and will end. */
export function kyselyOver(
  connection: DatabaseConnection,
  compiler: QueryCompiler,
): Kysely<Schema> {
  return new Kysely<Schema>({
    dialect: {
      createDriver: () => ({
        init: async () => {},
        acquireConnection: async () => connection,
        beginTransaction: refuse,
        commitTransaction: refuse,
        rollbackTransaction: refuse,
        releaseConnection: async () => {},
        destroy: async () => {},
      }),
      createQueryCompiler: () => compiler,
      createAdapter: () => new PostgresAdapter(),
      createIntrospector: (kysely) => new PostgresIntrospector(kysely),
    },
  })
}

async function execute(
  runner: JoinedRunner,
  query: CompiledQuery | GroupQuery,
): Promise<QueryResult<unknown>> {
  if ('groups' in query) {
    const touched = await runner.runGroups(query)
    return { rows: touched.map((count) => ({ touched: count })) }
  }
  const rows = await runner.run(query.sql, query.parameters)
  return { rows: rows.map(plain) }
}

const numbers = new Set(
  Object.entries(messageFields).flatMap(([name, kind]) => (kind === 'number' ? [name] : [])),
)

/** A row with numbers as numbers: clients hand out those of 64 bits as text or as bigint. */
function plain(row: unknown): unknown {
  if (typeof row !== 'object' || row === null) return row
  return Object.fromEntries(
    Object.entries(row).map(([name, value]: [string, unknown]) => {
      const isNumber = numbers.has(name) && typeof value === 'string'
      return [name, isNumber || typeof value === 'bigint' ? Number(value) : value]
    }),
  )
}
