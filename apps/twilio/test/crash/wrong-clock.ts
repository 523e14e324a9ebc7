import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** By how much the clock of a process is wrong. */
export type ClockOffset = '+1d' | '-1d'

/** Where Debian's package `faketime` leaves it; npm has none. `TEST_LIBFAKETIME` names another place. */
function findLibrary(): string | undefined {
  const given = process.env['TEST_LIBFAKETIME']
  if (given !== undefined) return existsSync(given) ? given : undefined
  const folders = readdirSync('/usr/lib', { withFileTypes: true })
  return folders
    .filter((one) => one.isDirectory())
    .map(({ name }) => join('/usr/lib', name, 'faketime', 'libfaketime.so.1'))
    .find((file) => existsSync(file))
}

/**
 * The environment of a process whose clock is wrong; its monotonic clock and its timers are right, as
 * on a real machine. Throws where the library is missing: a run that is left out would look like one
 * that passed.
 */
export function wrongClock(offset: ClockOffset): Record<string, string> {
  const library = findLibrary()
  if (library === undefined)
    throw new Error('the runs with wrong clocks need libfaketime: apt-get install faketime')
  return { LD_PRELOAD: library, FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: '1' }
}
