import { existsSync, readFileSync } from 'node:fs'

// How long the main thread of this process was ready to go on and had no processor, in nanoseconds:
// https://docs.kernel.org/scheduler/sched-stats.html#proc-pid-schedstat
const schedstat = '/proc/self/schedstat'

function keptWaitingMs(): number {
  if (!existsSync(schedstat)) return 0
  const [, waited = '0'] = readFileSync(schedstat, 'utf8').split(' ')
  return Number(waited) / 1e6
}

/**
 * Measures how long something takes; the returned function answers the milliseconds. What a busy machine
 * took for others meanwhile is left out: it says nothing about us.
 */
export function startStopwatch(): () => number {
  const [from, kept] = [performance.now(), keptWaitingMs()]
  return () => performance.now() - from - (keptWaitingMs() - kept)
}
