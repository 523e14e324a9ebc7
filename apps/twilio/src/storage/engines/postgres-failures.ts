import { AssumptionError, StorageError } from '../errors.ts'

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const infrastructureClasses = new Set([
  '08', // connection
  '25', // state of the transaction: read-only after a failover, idle for too long
  '28', // not let in
  '3D', // no such database
  '3F', // no such schema
  '40', // rolled back: deadlock, serialization
  '53', // out of disk, memory or connections
  '55', // not available: lock time-out
  '57', // stopped by the operator or by a time-out
  '58', // system error
  'XX', // damaged
])

/** What the server says of an assumption that does not hold: it ends in its log. */
export const assumptionWords = 'hsb-twilio assumed what is not so, and looks now'

/**
 * A `StorageError` where the database itself is in trouble, an `AssumptionError` where something was
 * assumed that is not so; any other error as it is.
 */
export function explainPostgresFailure(error: unknown, place: string): unknown {
  if (!(error instanceof Error) || error instanceof StorageError) return error
  const state = sqlState(error)
  // The rest of the message comes in the language of the server.
  if (state === '22P02' && error.message.includes(assumptionWords))
    return new AssumptionError(`${place}: ${assumptionWords}`, { cause: error })
  const isOurs = state === undefined ? !isLost(error) : !isInfrastructure(state)
  if (isOurs) return error
  return failure(place, wordsOf(error), { cause: error, isContended: state === '55P03' })
}

/** Why no connection could be had: whatever it was, the database cannot be reached. */
export function unreachable(error: unknown, place: string): StorageError {
  const words = error instanceof Error ? wordsOf(error) : 'cannot be reached'
  return failure(place, words, { cause: error })
}

// Who is not let in, or asks for what is not there, has a wrong setting.
const settingClasses = new Set(['28', '3D', '3F', '0A', 'XX'])

function failure(
  place: string,
  words: string,
  options: { cause: unknown; isContended?: boolean },
): StorageError {
  const mayComeBack = !settingClasses.has((sqlState(options.cause) ?? '').slice(0, 2))
  return new StorageError(`${place}: ${words}`, { ...options, mayComeBack })
}

/** True when nothing more can be asked over the connection that failed in this way. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const state = sqlState(error)
  return state === undefined ? isLost(error) : /^(08|57P|25P03)/.test(state)
}

/** True when the same transaction may succeed if it is run again at once. */
export function mayRunAgain(error: unknown): boolean {
  const cause = error instanceof StorageError ? error.cause : error
  const state = sqlState(cause)
  return state === '40P01' || state === '40001' || isStalePlan(cause)
}

/** True when a prepared statement answers `*` of a table that has got a column since. */
export function isStalePlan(error: unknown): boolean {
  // The code says only "not supported", and the words come in the language of the server.
  return sqlState(error) === '0A000' && routineOf(error) === 'RevalidateCachedQuery'
}

function isInfrastructure(state: string): boolean {
  return infrastructureClasses.has(state.slice(0, 2)) || state === '0A000'
}

/** What the client says when the network or the server has gone. */
function isLost(error: Error): boolean {
  const code = 'code' in error ? String(error.code) : ''
  return (
    /^E[A-Z]+$/.test(code) ||
    /connection terminated|query read timeout|not queryable|timeout exceeded|after calling end/i.test(
      error.message,
    )
  )
}

function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('severity' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

function routineOf(error: unknown): unknown {
  return error instanceof Error && 'routine' in error ? error.routine : undefined
}

/** Node gives several addresses tried as one error without words. */
function wordsOf(error: Error): string {
  if (error.message !== '' || !(error instanceof AggregateError)) return error.message
  const first: unknown = error.errors[0]
  return first instanceof Error ? first.message : 'cannot be reached'
}
