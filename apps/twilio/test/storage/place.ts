import { openPostgres } from '../../src/storage/engines/postgres.ts'
import { openSqlite } from '../../src/storage/engines/sqlite.ts'
import type { Store } from '../../src/storage/store.ts'

/** Opens what the command line of a test process names: a file, or JSON of a place in a PostgreSQL. */
export function openPlace(text: string, options: { busyTimeoutMs?: number } = {}): Store {
  if (!text.startsWith('{')) return openSqlite(text, options)
  return openPostgres(JSON.parse(text) as { url: string; schema: string }, { connections: 4 })
}
