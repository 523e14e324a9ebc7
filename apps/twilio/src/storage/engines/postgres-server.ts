import { once } from 'node:events'
import { StorageError } from '../errors.ts'
import { addressDefaults, clientsOf, completeAddress } from './postgres-address.ts'
import type { PostgresPool } from './postgres-pool.ts'

/** How long the server lets us wait. */
export interface Timeouts {
  lockTimeoutMs: number
  statementTimeoutMs: number
  /** How long a transaction may stand still; default: as long as a statement. */
  idleTimeoutMs?: number | undefined
}

/** A pool of our own on the database at `url`. */
export async function openPool(
  where: { url: string; schema?: string | undefined },
  options: Timeouts & { most: number; connectTimeoutMs: number },
): Promise<{ pool: PostgresPool; end(): Promise<void> }> {
  // Not before it is needed: whoever uses SQLite shall not pay for it.
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({
    ...addressDefaults,
    connectionString: completeAddress(where.url),
    Client: clientsOf(where.url, pg.Client),
    application_name: 'hsb-twilio',
    max: options.most,
    connectionTimeoutMillis: options.connectTimeoutMs,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    async onConnect(client) {
      const text = `${settingsText(options, 'session')}; set search_path to "${schemaOf(where)}"`
      const query = { text, query_timeout: options.connectTimeoutMs }
      await client.query(query)
    },
  })
  // Of a connection that breaks while it rests: the next one is made when it is needed.
  pool.on('error', () => undefined)
  let open = 0
  const { promise: empty, resolve } = Promise.withResolvers<void>()
  pool.on('connect', () => open++)
  pool.on('remove', () => {
    if (--open === 0 && pool.ending) resolve()
  })
  return {
    pool,
    async end() {
      await pool.end()
      // The pool does not wait for the goodbyes; a server that is gone never says one.
      const patience = AbortSignal.timeout(options.connectTimeoutMs)
      if (open > 0) await Promise.race([empty, once(patience, 'abort')])
    },
  }
}

/**
 * Nobody waits for ever, and a commit is on disk when it returns, whatever the server's own settings say.
 * One statement, for the session or for the transaction at hand.
 */
export function settingsText(
  { lockTimeoutMs, statementTimeoutMs, idleTimeoutMs = statementTimeoutMs }: Timeouts,
  scope: 'local' | 'session',
): string {
  const isLocal = scope === 'local'
  const limits = [
    ['lock_timeout', lockTimeoutMs],
    ['statement_timeout', statementTimeoutMs],
    // A process that stands still must not keep its locks.
    ['idle_in_transaction_session_timeout', idleTimeoutMs],
  ].map(([name, ms]) => `set_config('${name}', '${ms}', ${isLocal})`)
  return `select ${limits.join(', ')}, case when current_setting('synchronous_commit') = 'off'
    then set_config('synchronous_commit', 'on', ${isLocal}) end`
}

/** The schema of our tables, checked. */
export function schemaOf({ schema = 'public' }: { schema?: string | undefined }): string {
  // It stands in statements that take no parameters.
  if (/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) return schema
  throw new StorageError(`the schema of the database must be a name like sms, not "${schema}"`)
}
