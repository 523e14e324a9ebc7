import type { Clock, Instant } from '../domain/time.ts'

/** Refusals that hold still, so that a flood need not be judged by the database. */
export interface Refusals {
  add(claim: { key: string; cost?: number | undefined }, retryAt: Instant): void
  /** The moment of retry if a claim of this cost is known to be refused now. */
  find(key: string, cost: number): Instant | undefined
  /** Something was given back: the key may pass again. */
  remove(key: string): void
}

interface Refusal {
  cost: number
  retryAt: Instant
  forgetAt: Instant
}

// A refusal can turn out wrong: the transaction that led to it may fail, and another process may give
// something back. So it is asked for anew after a while; a flood still costs one look in ten seconds.
const longestMemoryMs = 10_000

/** A memory of at most `most` keys; the one unused for longest goes first. */
export function createRefusals(clock: Clock, most = 10_000): Refusals {
  const refusals = new Map<string, Refusal>()
  return {
    add({ key, cost = 1 }, retryAt) {
      refusals.delete(key)
      const forgetAt = Math.min(retryAt, clock.now() + longestMemoryMs)
      refusals.set(key, { cost, retryAt, forgetAt })
      if (refusals.size <= most) return
      for (const oldest of refusals.keys()) {
        refusals.delete(oldest)
        break
      }
    },
    find(key, cost) {
      const refusal = refusals.get(key)
      if (!refusal) return undefined
      refusals.delete(key)
      if (clock.now() >= refusal.forgetAt) return undefined
      refusals.set(key, refusal)
      // What costs less may fit.
      return cost >= refusal.cost ? refusal.retryAt : undefined
    },
    remove: (key) => void refusals.delete(key),
  }
}
