import { StorageError } from '../errors.ts'

// https://www.sqlite.org/rescode.html
const busy = 5
const infrastructure = new Set([
  busy,
  6, // locked
  7, // out of memory
  8, // read-only
  10, // input or output
  11, // damaged
  13, // full
  14, // cannot be opened
  15, // locking protocol
  22, // file too large for the system
  26, // not a database
])

/** True when another connection holds the lock that was needed. */
export function isBusy(error: unknown): boolean {
  return primaryCode(error) === busy
}

/** What SQLite itself would say while another connection writes. */
export function busyError(): Error {
  return Object.assign(new Error('database is locked'), { errcode: busy })
}

/** A `StorageError` where the database itself is in trouble; any other error as it is. */
export function explainFailure(error: unknown, file: string): unknown {
  const code = primaryCode(error)
  if (!(error instanceof Error) || code === undefined || !infrastructure.has(code)) return error
  const hint = code === busy ? ' (somebody else keeps it locked)' : ''
  return new StorageError(`${file}: ${error.message}${hint}`, { cause: error })
}

/** SQLite's result code without the extension in its upper bits. */
function primaryCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined
}
