import { setTimeout as delay } from 'node:timers/promises'
import type { Ledger } from './ledger.ts'

const restMs = 60_000

/**
 * Looks again and again until it holds; false where it never did. Processes are at work on real clocks
 * here, so that there is nothing else that one could wait for.
 */
export async function becomes(holds: () => boolean | Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + restMs
  while (!(await holds())) {
    if (performance.now() > deadline) return false
    await delay(50)
  }
  return true
}

/** Waits until nothing is left below this rank; answers how much is when it gives up. */
export async function comeToRest(ledger: Ledger, rank: number): Promise<number> {
  let unsettled = 0
  await becomes(async () => (unsettled = await ledger.below(rank)) === 0)
  return unsettled
}
