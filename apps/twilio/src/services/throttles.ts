import type { ThrottleRule } from '../domain/throttle.ts'
import type { ThrottleStore } from '../storage/store.ts'

/** One limit to be asked: `key` such as `sms:retry:+14155552671`. */
export interface Claim {
  key: string
  rules: readonly ThrottleRule[]
  /** What it takes from each limit; default 1. */
  cost?: number | undefined
}

/** What asking several limits at once can end in. */
export type ThrottleResult =
  | { kind: 'allowed' }
  | { kind: 'refused'; key: string; retryAfterSeconds: number }

/** Exact limits, counted in the transaction that they guard. */
export interface Throttles {
  /**
   * The memory in front: answers a refusal that is known to hold still, without the database. A flood
   * ends here. `allowed` promises nothing.
   */
  precheck(claims: readonly Claim[]): ThrottleResult
  /** Takes from every limit, or from none if one refuses. Inside the guarded transaction. */
  take(counters: ThrottleStore, claims: readonly Claim[]): Promise<ThrottleResult>
  /** Gives back what a claim took at last. Inside a transaction. */
  giveBack(counters: ThrottleStore, claims: readonly Claim[]): Promise<void>
}
