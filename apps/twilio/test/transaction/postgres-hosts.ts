import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { Client, Pool, type PoolClient, type QueryConfig } from 'pg'
import { endPool } from '../postgres/end-pool.ts'
import type { TestPostgres } from '../postgres/server.ts'

/** A host's own schema, beside that of the app, and its own pool. */
export async function openShop(t: TestContext, postgres: TestPostgres) {
  const place = postgres.newPlace()
  const { schema } = postgres.newPlace()
  // Tables that only look like ours: nothing may ever be written there.
  await postgres.query(`create schema ${schema}; create table ${schema}.shop_order (name text);
    create table ${schema}.sms_log (id text); create table ${schema}.sms_event (id text)`)
  const url = `${postgres.url}?options=${encodeURIComponent(`-c search_path=${schema}`)}`
  const pool = new Pool({ connectionString: url, max: 4 })
  t.after(() => endPool(pool))
  const orders = async () =>
    (await pool.query<{ name: string }>('select name from shop_order')).rows.map((row) => row.name)
  return { place, schema, url, pool, orders }
}

/** A client after BEGIN, as a host does it by hand. */
export async function byHand(
  pool: Pool,
  work: (client: PoolClient, order: (name: string) => Promise<unknown>) => Promise<void>,
): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await work(client, (name) => client.query('insert into shop_order values ($1)', [name]))
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

/** An error as Prisma wraps those of the database. */
class KnownRequestError extends Error {
  readonly code = 'P2010'
  readonly meta: { code: unknown; message: string }
  constructor(cause: Error & { code?: unknown }) {
    super(`Raw query failed. Code: \`${String(cause.code)}\`. Message: \`${cause.message}\``)
    this.meta = { code: cause.code, message: cause.message }
  }
}

const [voidType, bigintType] = [2278, 20]

/**
 * A stand-in for the client of an interactive transaction of Prisma, made from what its documents say:
 * values are bound one by one, 64 bits are a bigint, a column of type void cannot be read, and errors
 * of the database are wrapped. Prisma itself brings an engine that cannot be installed everywhere.
 */
export function likePrisma(client: Pick<Client, 'query'>) {
  async function ask(text: string, values: unknown[]) {
    const types = {
      getTypeParser: (oid: number) => (oid === bigintType ? BigInt : (word: string) => word),
    }
    try {
      const query: QueryConfig & { types: unknown } = { text, values, types }
      const result = await client.query<Record<string, unknown>>(query)
      if (result.fields.some((field) => field.dataTypeID === voidType)) {
        throw new Error("Failed to deserialize column of type 'void'")
      }
      return result
    } catch (error) {
      throw new KnownRequestError(error as Error)
    }
  }
  return {
    $queryRawUnsafe: async (query: string, ...values: unknown[]) => (await ask(query, values)).rows,
    $executeRawUnsafe: async (query: string, ...values: unknown[]) =>
      (await ask(query, values)).rowCount ?? 0,
  }
}

/** A connected client of its own, ended with the test. */
export async function connect(t: TestContext, url: string): Promise<Client> {
  const client = new Client({ connectionString: url })
  await client.connect()
  t.after(async () => {
    const ended = once(client, 'end')
    await client.end()
    await ended
  })
  return client
}
