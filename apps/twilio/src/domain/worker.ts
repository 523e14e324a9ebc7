import type { Instant } from './time.ts'

/** How often a worker gives a sign of life. */
export const beatEveryMs = 5_000

/** Whether a worker is there: `silent` from the moment on that it has missed three beats. */
export type WorkerState = 'alive' | 'silent'

/** What its last sign of life says about a worker. */
export function stateOf(worker: { beatAt: Instant }, now: Instant): WorkerState {
  return now - worker.beatAt > 3 * beatEveryMs ? 'silent' : 'alive'
}
