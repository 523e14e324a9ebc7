import { setImmediate as turn } from 'node:timers/promises'
import type { Clock, Instant } from '../src/domain/time.ts'

/** A clock that a test turns by hand. */
export interface TestClock extends Clock {
  /** Moves time on and runs what became due on the way, in order, each at its own moment. */
  advance(ms: number): Promise<void>
  /** Steps the wall clock as an operator would: `monotonic` and pending timers do not notice. */
  step(ms: number): void
  /** How many timers are waiting. */
  pending(): number
}

interface Timer {
  due: number
  run: () => void
}

/** Starts at noon UTC, 1 November 2026, unless told otherwise. */
export function createTestClock(startAt: Instant = Date.UTC(2026, 10, 1, 12)): TestClock {
  let elapsed = 0
  let origin = startAt
  const timers = new Set<Timer>()

  function nextDue(until: number): Timer | undefined {
    let next: Timer | undefined
    for (const timer of timers) {
      if (timer.due <= until && (!next || timer.due < next.due)) next = timer
    }
    return next
  }

  return {
    now: () => origin + elapsed,
    monotonic: () => elapsed,
    after(delayMs, run) {
      const timer = { due: elapsed + Math.max(0, delayMs), run }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    async advance(ms) {
      const until = elapsed + ms
      // Work begun before must have set its timers before time moves.
      await turn()
      for (let timer = nextDue(until); timer; timer = nextDue(until)) {
        timers.delete(timer)
        elapsed = Math.max(elapsed, timer.due)
        timer.run()
        await turn()
      }
      elapsed = until
    },
    step(ms) {
      origin += ms
    },
    pending: () => timers.size,
  }
}
