import { existsSync } from 'node:fs'
import { access, constants, statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Settings } from '../../config.ts'
import { StorageError } from '../../storage/errors.ts'
import { fileOf, openStore } from '../../storage/open-store.ts'
import type { Store } from '../../storage/store.ts'
import { bad, type Finding, good, warning } from './finding.ts'

/** A day of a busy sender, its log included. */
const enoughBytes = 200 * 1_024 * 1_024
/** The app follows the clock of a PostgreSQL, so this is only about reading logs side by side. */
const longestSkewMs = 2_000

/** The database: there, up to date, writable, and of the same time. Makes none where there is none yet. */
export async function checkDatabase(database: Settings['database']): Promise<Finding[]> {
  if (database === ':memory:') {
    return [warning('database', 'in memory', 'it is empty after every start: name a file')]
  }
  if (typeof database !== 'string') return checkStore(database, 'PostgreSQL')
  const file = fileOf(database)
  const disk = await checkDisk(dirname(resolve(file)))
  if (!existsSync(file)) {
    const words = `${file} is not there yet`
    return [...disk, warning('database', words, 'the first start makes it, or: hsb-twilio migrate')]
  }
  return [...disk, ...(await checkStore(database, `SQLite, ${file}`))]
}

async function checkStore(database: Settings['database'], name: string): Promise<Finding[]> {
  let store: Store | undefined
  try {
    store = openStore(database)
    return [await migrationsOf(store, name), ...(await clockOf(store))]
  } catch (error) {
    if (!(error instanceof StorageError)) throw error
    const advice = error.mayComeBack
      ? 'see that it runs and can be reached from here'
      : 'until this is mended the app does not start'
    return [bad('database', error.message, advice)]
  } finally {
    await store?.close()
  }
}

async function migrationsOf(store: Store, name: string): Promise<Finding> {
  const { applied, pending } = await store.migrationStatus()
  if (pending.length === 0) return good('database', `${name}, ${applied.length} migrations applied`)
  return warning(
    'database',
    `${name}, ${applied.length} migrations applied, ${pending.length} missing`,
    'the next start applies them, or: hsb-twilio migrate',
  )
}

async function clockOf(store: Store): Promise<Finding[]> {
  if (!store.now) return []
  const before = Date.now()
  const theirs = await store.now()
  // The answer was given somewhere between the question and now.
  const after = Date.now()
  const skewMs = theirs < before ? theirs - before : theirs > after ? theirs - after : 0
  if (Math.abs(skewMs) < longestSkewMs) return [good('clock', 'the same here and in the database')]
  const seconds = (Math.abs(skewMs) / 1_000).toFixed(1)
  const side = skewMs > 0 ? 'ahead of' : 'behind'
  return [
    warning(
      'clock',
      `the clock of the database is ${seconds} s ${side} that of this machine`,
      'set both by NTP; the app follows the database',
    ),
  ]
}

async function checkDisk(folder: string): Promise<Finding[]> {
  try {
    await access(folder, constants.R_OK | constants.W_OK)
    const { bavail, bsize } = await statfs(folder)
    const bytes = bavail * bsize
    if (bytes >= enoughBytes) return [good('disk', `${folder} is writable and has room`)]
    const left = `${Math.floor(bytes / 1_048_576)} MiB are left in ${folder}`
    return [warning('disk', left, 'a full disk refuses every message: make room')]
  } catch {
    const isThere = existsSync(folder)
    const words = isThere ? `${folder} is not writable` : `${folder} does not exist`
    return [bad('disk', words, isThere ? 'let the user of this program write to it' : 'make it')]
  }
}
