import { CompiledQuery, type QueryExecutor, sql } from 'kysely'
import { JoinError } from '../errors.ts'

/** A connected `Client` of `pg`, or one of its pool, after BEGIN. */
export interface PgTransaction {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>
}

/** What Kysely hands to the callback of `transaction().execute()`. */
export interface KyselyTransaction {
  readonly isTransaction: boolean
  withoutPlugins(): object
  getExecutor(): object
}

/** What Drizzle hands to the callback of `transaction()`, over `pg`, `postgres` or a synchronous SQLite. */
export interface DrizzleTransaction {
  readonly _: object
  select: (...fields: never[]) => unknown
}

/** What `postgres` hands to the callback of `sql.begin()`. */
export interface PostgresJsTransaction {
  unsafe(query: string, parameters?: never[]): PromiseLike<readonly unknown[]>
  savepoint: (...given: never[]) => unknown
}

/** What Prisma hands to the callback of an interactive `$transaction()`. */
export interface PrismaTransaction {
  $queryRawUnsafe(query: string, ...values: unknown[]): PromiseLike<unknown>
  $executeRawUnsafe(query: string, ...values: unknown[]): PromiseLike<number>
}

/** A `DatabaseSync` of `node:sqlite`, or a `Database` of `better-sqlite3`, after BEGIN. */
export interface SqliteTransaction {
  prepare(sql: string): object
  exec(sql: string): unknown
}

/** A transaction that the host has begun and will end. */
export type HostTransaction =
  | PgTransaction
  | KyselyTransaction
  | DrizzleTransaction
  | PostgresJsTransaction
  | PrismaTransaction
  | SqliteTransaction

/** The host's transaction, whatever client it belongs to. */
export interface HostConnection {
  /** Undefined where the handle does not tell. */
  dialect: 'postgres' | 'sqlite' | 'other' | undefined
  /** Runs a statement that answers rows, as objects by column. */
  run(text: string, values: readonly unknown[]): Promise<unknown[]>
  /** Runs a statement without values that answers none. */
  command(text: string): Promise<unknown>
  /** Whether it has begun and not ended, where the handle can tell. */
  isOpen?: (() => boolean) | undefined
  /** The file of the database, where the handle can tell. */
  file?: string | undefined
}

type Method = (...given: unknown[]) => unknown

/** Finds out whose transaction it is. Throws `JoinError` for what is none that we know. */
export function readTransaction(handle: unknown): HostConnection {
  if (has(handle, 'prepare', 'exec')) return overSqlite(handle)
  if (has(handle, 'getExecutor', 'withoutPlugins')) return overKysely(handle)
  if (has(handle, '$queryRawUnsafe', '$executeRawUnsafe')) return overPrisma(handle)
  // Drizzle keeps the client in its session, which its types do not show.
  const client = memberOf(memberOf(handle, 'session'), 'client')
  if (client !== undefined) return readTransaction(client)
  if (has(handle, 'unsafe')) {
    return over('postgres', async (text, values) => rowsOf(await handle.unsafe(text, [...values])))
  }
  if (has(handle, 'query')) {
    return over('postgres', async (text, values) => {
      return rowsOf(memberOf(await handle.query(text, [...values]), 'rows'))
    })
  }
  throw new JoinError('unknown-handle', 'this is no transaction of a client that is known here')
}

function over(dialect: HostConnection['dialect'], run: HostConnection['run']): HostConnection {
  return { dialect, run, command: (text) => run(text, []) }
}

function overSqlite(handle: Record<'prepare' | 'exec', Method>): HostConnection {
  const isOpen = () =>
    (memberOf(handle, 'isTransaction') ?? memberOf(handle, 'inTransaction')) === true
  return {
    dialect: 'sqlite',
    async run(text, values) {
      const prepared = handle.prepare(text)
      return has(prepared, 'all') ? rowsOf(prepared.all(...values)) : []
    },
    command: async (text) => handle.exec(text),
    isOpen,
    file: fileOf(handle),
  }
}

function fileOf(handle: object): string | undefined {
  const file = has(handle, 'location') ? handle.location() : memberOf(handle, 'name')
  return typeof file === 'string' ? file : undefined
}

function overKysely(handle: Record<'getExecutor' | 'withoutPlugins', Method>): HostConnection {
  // Plugins of the host's would give our columns other names.
  const plain = handle.withoutPlugins()
  if (memberOf(handle, 'isTransaction') !== true || !has(plain, 'executeQuery')) {
    throw new JoinError('no-transaction', 'this Kysely is not inside a transaction')
  }
  const run: HostConnection['run'] = async (text, values) =>
    rowsOf(memberOf(await plain.executeQuery(CompiledQuery.raw(text, [...values])), 'rows'))
  return over(dialectOf(handle), run)
}

/** Which SQL a Kysely writes shows in what it makes of a value and of a name. */
function dialectOf(handle: Record<'getExecutor', Method>): HostConnection['dialect'] {
  try {
    const getExecutor = () => handle.getExecutor()
    // Whatever version of Kysely it is, it says what it cannot compile by throwing.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const provider = { getExecutor } as { getExecutor(): QueryExecutor }
    const { sql: text } = sql`${1} ${sql.id('a')}`.compile(provider)
    if (text === '$1 "a"') return 'postgres'
    return text === '? "a"' ? 'sqlite' : 'other'
  } catch {
    return undefined
  }
}

function overPrisma(
  handle: Record<'$queryRawUnsafe' | '$executeRawUnsafe', Method>,
): HostConnection {
  const provider = memberOf(handle, '_activeProvider')
  const dialects: Record<string, HostConnection['dialect']> = {
    postgresql: 'postgres',
    postgres: 'postgres',
    sqlite: 'sqlite',
  }
  return {
    dialect: typeof provider === 'string' ? (dialects[provider] ?? 'other') : undefined,
    run: async (text, values) => rowsOf(await handle.$queryRawUnsafe(text, ...values)),
    command: async (text) => handle.$executeRawUnsafe(text),
  }
}

function rowsOf(rows: unknown): unknown[] {
  return Array.isArray(rows) ? rows.map((row: unknown) => row) : []
}

function memberOf(value: unknown, name: string): unknown {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function'
  return isObject && name in value ? Reflect.get(value, name) : undefined
}

function has<Name extends string>(value: unknown, ...names: Name[]): value is Record<Name, Method> {
  return names.every((name) => typeof memberOf(value, name) === 'function')
}
