import { PostgresQueryCompiler, sql } from 'kysely'
import { JoinError } from '../errors.ts'
import type { GroupQuery, Session } from '../statement.ts'
import type { Joined } from '../store.ts'
import type { Engine } from './engine.ts'
import { type HostConnection, readTransaction } from './host-transaction.ts'
import { createJoinedSession } from './joined-dialect.ts'
import {
  arrayText,
  createPostgresGroup,
  inRounds,
  type Round,
  touchedOf,
} from './postgres-groups.ts'
import { wakeChannel } from './postgres-wakes.ts'

/**
 * The engine inside a transaction of the host's. Clients differ in what they make of arrays, of JSON and
 * of functions that answer nothing, so every value travels as text and every answer is text.
 */
export function createJoinedEngine(engine: Engine): Engine {
  return {
    ...engine,
    texts: (json) => engine.texts(sql`${json}::text`),
    group: createPostgresGroup((bound, type) => sql`${bound}::text::${sql.raw(type)}`),
    lockNames: (json) =>
      sql`select lock::text from (${engine.lockNames?.(sql`${json}::text`)}) as names (lock)`,
    // It is not ours to make it fail.
    assume: undefined,
    // Nobody's own: the process of the host has not told its worker.
    wake: sql`select pg_notify(${sql.lit(wakeChannel)}, 'host')::text as told`,
  }
}

/**
 * Lets `work` write inside a transaction of the host's. Our tables are named with their schema, so that
 * his search path need not be touched: he may be asking something else over it at the same time.
 */
export async function joinPostgres<T>(
  transaction: unknown,
  { engine, schema }: { engine: Engine; schema: string | undefined },
  work: (session: Session) => Promise<T>,
): Promise<Joined<T>> {
  const host = readTransaction(transaction)
  const place = await admit(host, schema)
  const run = (text: string, values: readonly unknown[]) => host.run(qualify(text, place), values)
  const session = createJoinedSession({
    engine,
    compiler: new PostgresQueryCompiler(),
    run,
    runGroups: (query) => runGroups(query, run),
  })
  return { result: await work(session), end: { kind: 'signalled' } }
}

function textOf(column: Round['columns'][number]): string | null {
  if (Array.isArray(column)) return arrayText(column)
  return column === null ? null : String(column)
}

async function runGroups(query: GroupQuery, run: HostConnection['run']): Promise<number[]> {
  const touched: number[] = []
  for (const round of inRounds(query)) {
    const rows = await run(query.sql, round.columns.map(textOf))
    for (const [place, count] of touchedOf(round, rows)) touched[place] = count
  }
  return touched
}

/** Answers the schema of our tables. */
async function admit(host: HostConnection, schema: string | undefined): Promise<string> {
  if (host.dialect !== 'postgres' && host.dialect !== undefined) {
    throw new JoinError(
      'other-database',
      'the app keeps its tables in PostgreSQL, this is another kind',
    )
  }
  const name = schema === undefined ? 'sms_log' : `"${schema}".sms_log`
  const [row] = await host.run(
    `select nspname::text as place from pg_catalog.pg_class
     join pg_catalog.pg_namespace on pg_namespace.oid = relnamespace
     where pg_class.oid = to_regclass('${name}')`,
    [],
  )
  const place = typeof row === 'object' && row !== null && 'place' in row ? row.place : undefined
  if (typeof place !== 'string') {
    throw new JoinError('no-tables', 'the database of this transaction has no tables of ours')
  }
  try {
    // The lock that every insert takes. Outside a transaction it would be gone at once, so PostgreSQL
    // refuses it there, and that is what we want to know.
    await host.command(`lock table "${place}".sms_log in row exclusive mode`)
  } catch (error) {
    if (!isOutside(error)) throw error
    throw new JoinError('no-transaction', 'this connection is not inside a transaction', {
      cause: error,
    })
  }
  return place
}

/** Clients wrap what the server says into errors of their own. */
function isOutside(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  if ('code' in error && error.code === '25P01') return true
  if ('meta' in error && JSON.stringify(error.meta).includes('25P01')) return true
  return 'cause' in error && isOutside(error.cause)
}

const tables =
  /\bsms_(?:log|event|verification|throttle|opt_out|api_key|worker|lease|cursor|migration)\b/g

// Our own texts, where these words name nothing but tables; values are bound.
function qualify(text: string, schema: string): string {
  return text.replace(tables, `"${schema}".$&`)
}
