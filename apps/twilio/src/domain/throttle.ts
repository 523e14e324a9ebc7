import type { Instant } from './time.ts'

/** At most `limit` (counted in costs) within any `windowSeconds`. */
export interface ThrottleRule {
  limit: number
  windowSeconds: number
}

/** What one key has used, oldest first: moments and what each cost. */
export type Hits = { at: Instant; cost: number }[]

/** What a throttle says. `retryAt` is the first moment at which the same request would pass. */
export type ThrottleVerdict =
  | { kind: 'allowed'; hits: Hits }
  | { kind: 'refused'; rule: ThrottleRule; retryAt: Instant }
