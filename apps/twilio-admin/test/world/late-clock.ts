import { systemClock } from '../../../twilio/src/clock.ts'
import type { Clock } from '../../../twilio/src/domain/time.ts'

/** The clock of the machine, behind by some time that can be made up for. */
export interface LateClock extends Clock {
  /** Jumps ahead, at most to the present. */
  catchUp(ms: number): void
}

/** Begins `behindMs` ago. The past can be filled with it; from the present on it is every clock. */
export function createLateClock(behindMs: number): LateClock {
  let behind = behindMs
  return {
    now: () => Date.now() - behind,
    // From zero on, as a machine's.
    monotonic: () => performance.now() + behindMs - behind,
    after: (delayMs, run) => systemClock.after(delayMs, run),
    catchUp(ms) {
      behind = Math.max(0, behind - ms)
    },
  }
}
