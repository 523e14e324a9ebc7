import { StorageError } from '../storage/errors.ts'

/** How long somebody who waits for an answer lets the database work. */
export const patienceMs = 1_000

/** The same where it may be tried a second time, without the counters: both together take no longer. */
export function patienceFor(asked: { whenDown: 'open' | 'closed'; isSecond: boolean }): number {
  if (asked.whenDown === 'closed') return patienceMs
  return asked.isSecond ? 0.4 * patienceMs : 0.6 * patienceMs
}

/** True where nobody can be served: waiting for one's own try would only take longer. */
export function isOutage(error: unknown): boolean {
  return error instanceof StorageError && !error.isContended
}
