import { DatabaseSync } from 'node:sqlite'
import { openPostgres } from '../apps/twilio/src/storage/engines/postgres.ts'
import { openSqlite } from '../apps/twilio/src/storage/engines/sqlite.ts'
import type { Store } from '../apps/twilio/src/storage/store.ts'

/** A database for one program: a file of SQLite, or a schema of PostgreSQL. */
export type Place = { file: string } | { url: string; schema: string }

/** The place that a program was given as its first argument. */
export function givenPlace(): Place {
  return JSON.parse(process.argv[2] ?? '') as Place
}

/** The same as the setting `database` of the app. */
export function settingOf(place: Place): string | { url: string; schema: string } {
  return 'file' in place ? `file:${place.file}` : place
}

/** Makes the app's tables. */
export async function makeTables(place: Place): Promise<void> {
  const store: Store = 'file' in place ? openSqlite(place.file) : openPostgres(place)
  await store.migrate()
  await store.close()
}

/** A file as the app opens it. */
export function openFile(place: Place): DatabaseSync {
  if (!('file' in place)) throw new Error('this program needs a file of SQLite')
  const db = new DatabaseSync(place.file, { timeout: 5_000 })
  db.exec('pragma journal_mode = wal; pragma synchronous = full; pragma secure_delete = on')
  return db
}

/** A pool whose connections see the schema first. */
export async function openPool(place: Place, max = 1) {
  if (!('url' in place)) throw new Error('this program needs a PostgreSQL')
  const { default: pg } = await import('pg')
  return new pg.Pool({
    connectionString: place.url,
    max,
    options: `-c search_path=${place.schema}`,
  })
}
