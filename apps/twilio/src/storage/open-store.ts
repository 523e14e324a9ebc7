import type { Secret } from '../domain/secret.ts'
import { openPostgres } from './engines/postgres.ts'
import type { PostgresPool } from './engines/postgres-pool.ts'
import { openSqlite } from './engines/sqlite.ts'
import type { Store } from './store.ts'

/** Where the database is, as the settings say it. */
export type DatabasePlace = string | { url: Secret; schema: string } | { pool: PostgresPool }

/** Opens the database of the settings. Throws `StorageError` when a file cannot be opened. */
export function openStore(database: DatabasePlace): Store {
  if (typeof database === 'string') return openSqlite(fileOf(database))
  if ('pool' in database) return openPostgres(database)
  return openPostgres({ url: database.url.reveal(), schema: database.schema })
}

/** The path of `file:./sms.db`; `:memory:` as it is. */
export function fileOf(database: string): string {
  return database.replace(/^file:/, '')
}
