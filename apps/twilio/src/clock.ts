import { uptime } from 'node:os'
import type { Clock } from './domain/time.ts'

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  uptime: () => uptime() * 1_000,
  after(delayMs, run) {
    // setTimeout takes 31 bits; nobody here waits longer than that on purpose.
    const timer = setTimeout(run, Math.min(delayMs, 2 ** 31 - 1))
    return () => clearTimeout(timer)
  },
}
