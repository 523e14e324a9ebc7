import { accessSync, closeSync, constants, openSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Kysely, sql } from 'kysely'
import type { Instant } from '../../domain/time.ts'
import { createStore } from '../database.ts'
import { StorageError } from '../errors.ts'
import type { Schema } from '../schema.ts'
import type { Store } from '../store.ts'
import type { Engine } from './engine.ts'
import { createSqliteDialects } from './sqlite-dialect.ts'
import { joinSqlite } from './joined-sqlite.ts'
import { explainFailure } from './sqlite-failures.ts'

/** What may be set when a file is opened. */
export interface SqliteOptions {
  /** How long to wait for a lock that another process holds. Default 5,000. */
  busyTimeoutMs?: number | undefined
  /** What migrations are stamped with. */
  now?: (() => Instant) | undefined
}

/** What SQLite writes in its own way. */
export const sqliteEngine: Engine = {
  // AUTOINCREMENT keeps ids rising after the newest event is erased: they are the cursors of readers.
  countingId: sql`integer primary key autoincrement`,
  transactionId: undefined,
  feed: {
    tx: sql`'0'`,
    isNext: ({ id }) => sql`e.id > ${id}`,
    order: sql`e.id`,
    endTx: sql`'0'`,
    ownTx: sql`'0'`,
    endId: (table) => sql`coalesce((select max(id) from ${table}), 0)`,
  },
  texts: (json) => sql`(select value from json_each(${json}))`,
  // One writer at a time: there is never a locked row to skip.
  skipLocked: sql``,
  forUpdate: sql``,
  group: ({ build }, bind) =>
    build(bind, { values: (values) => sql`values (${sql.join(values)})`, from: sql`` }),
  ping: sql`select count(*) from sqlite_schema`,
  now: undefined,
  findMigrations: sql`select 1 from sqlite_schema where type = 'table' and name = 'sms_migration'`,
  // BEGIN IMMEDIATE keeps every other writer out, also those of other processes.
  enterMigration: [],
  lockNames: undefined,
  assume: undefined,
  scrub: sql`pragma wal_checkpoint(truncate)`,
  wake: undefined,
  isRetryable: () => false,
}

/**
 * Opens a database file, or `:memory:`. Creates the file, not its folder. Throws `StorageError` naming
 * the file when that cannot be done, and on a SQLite that may damage files.
 */
export function openSqlite(file: string, options: SqliteOptions = {}): Store {
  const { busyTimeoutMs = 5_000, now = Date.now } = options
  assertSafeSqlite(process.versions['sqlite'] ?? '0')
  const inMemory = file === ':memory:'
  if (!inMemory) assertFolder(file)
  const database = openFile(file, { busyTimeoutMs, inMemory })
  const { dialectFor, whileIdle, close } = createSqliteDialects({ database, file })
  const sessionFor = (patienceMs = busyTimeoutMs) => ({
    db: new Kysely<Schema>({ dialect: dialectFor(Math.min(patienceMs, busyTimeoutMs)) }),
    engine: sqliteEngine,
    inTransaction: false,
  })
  return createStore(sessionFor, {
    place: file,
    now,
    close,
    manyWriters: false,
    join: (transaction, work) =>
      joinSqlite(
        transaction,
        { engine: sqliteEngine, file: inMemory ? undefined : file, whileIdle },
        work,
      ),
  })
}

/** Throws on a SQLite whose log can damage the file when two processes write and clean up at once. */
export function assertSafeSqlite(version: string): void {
  // https://www.sqlite.org/wal.html#walresetbug
  const safe = [3, 51, 3]
  const parts = version.split('.').map(Number)
  const differing = safe.findIndex((part, i) => (parts[i] ?? 0) !== part)
  if (differing === -1 || (parts[differing] ?? 0) > (safe[differing] ?? 0)) return
  throw new StorageError(
    `this Node.js brings SQLite ${version}, which can damage a database that two processes write to; 3.51.3 or newer is needed`,
  )
}

function assertFolder(file: string): void {
  const path = resolve(file)
  const folder = dirname(path)
  const stats = statSync(folder, { throwIfNoEntry: false })
  if (stats === undefined) throw new StorageError(`${file}: the folder ${folder} does not exist`)
  if (!stats.isDirectory()) throw new StorageError(`${file}: ${folder} is not a folder`)
  const present = statSync(path, { throwIfNoEntry: false })
  if (present !== undefined && !present.isFile()) throw new StorageError(`${file}: is not a file`)
  // SQLite keeps its log beside the file, so the folder is written to as well.
  for (const place of present === undefined ? [folder] : [folder, path]) {
    try {
      accessSync(place, constants.R_OK | constants.W_OK)
    } catch (error) {
      throw new StorageError(`${file}: ${place} is not writable`, { cause: error })
    }
  }
}

/** A new file is its owner's alone: it will hold numbers and texts. SQLite gives its log the same mode. */
function createPrivately(file: string): void {
  try {
    closeSync(openSync(file, 'a', 0o600))
  } catch (error) {
    throw new StorageError(`${file}: cannot be created or written to`, { cause: error })
  }
}

function openFile(
  file: string,
  { busyTimeoutMs, inMemory }: { busyTimeoutMs: number; inMemory: boolean },
): DatabaseSync {
  let database: DatabaseSync | undefined
  try {
    if (!inMemory) createPrivately(file)
    // The timeout holds from here on: switching to WAL already needs a lock that another starter may have.
    database = new DatabaseSync(file, { timeout: busyTimeoutMs })
    const mode = database.prepare('pragma journal_mode = wal').get()?.['journal_mode']
    if (mode !== 'wal' && !inMemory)
      throw new StorageError(`${file}: its file system does not support a write-ahead log`)
    // FULL: a commit is on disk when it returns. Without secure_delete, deleted texts and numbers stay
    // readable in the file. From now on it is our driver that waits.
    database.exec('pragma synchronous = full; pragma secure_delete = on; pragma busy_timeout = 0')
    return database
  } catch (error) {
    database?.close()
    throw explainFailure(error, file)
  }
}
