import type { Clock } from '../domain/time.ts'
import type { Joined } from '../storage/store.ts'
import type { Signals } from './signals.ts'

/** Notices that a transaction of the host's has ended, and wakes the worker. */
export interface Commits {
  watch(end: Joined<unknown>['end']): void
  /** Looks no more. */
  close(): void
}

const firstLookMs = 2
const longestLookMs = 50
/** A host that holds its transaction longer than this waits for the poll of the worker. */
const longestWatchMs = 60_000
/** When to look where the transaction cannot be asked: each look is a claim, which costs a little. */
const blindLooksMs = [10, 50, 200, 500]

/** The watch of one app. Where the database itself tells of the commit there is nothing to be done. */
export function createCommits({ clock, signals }: { clock: Clock; signals: Signals }): Commits {
  const timers = new Set<() => void>()

  function later(delayMs: number, run: () => void): void {
    const cancel = clock.after(delayMs, () => {
      timers.delete(cancel)
      run()
    })
    timers.add(cancel)
  }

  /** Looking into the database instead would wait for the lock that the host holds. */
  function ask(isOpen: () => boolean, waitMs: number, until: number): void {
    later(waitMs, () => {
      if (!isOpen()) signals.wake()
      else if (clock.monotonic() < until) ask(isOpen, Math.min(2 * waitMs, longestLookMs), until)
    })
  }

  return {
    watch(end) {
      if (end.kind === 'asked') ask(end.isOpen, firstLookMs, clock.monotonic() + longestWatchMs)
      else if (end.kind === 'unknown')
        for (const ms of blindLooksMs) later(ms, () => signals.wake())
    },
    close() {
      for (const cancel of timers) cancel()
      timers.clear()
    },
  }
}
