import { forgetAt, giveBack, type Hits, judge, type ThrottleRule } from '../domain/throttle.ts'
import type { Logger } from '../domain/log.ts'
import type { Clock, Instant } from '../domain/time.ts'
import { StorageError } from '../storage/errors.ts'
import type { ThrottleStore } from '../storage/store.ts'
import { createRefusals } from './refusals.ts'

/** One limit to be asked: `key` such as `sms:retry:+14155552671`. Without rules it never refuses. */
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

/** As `ThrottleResult`; `nextAt` is the first moment at which the same claims would pass once more. */
export type TakeResult =
  | { kind: 'allowed'; nextAt: Instant }
  | Extract<ThrottleResult, { kind: 'refused' }>

/** Exact limits, counted in the transaction that they guard. */
export interface Throttles {
  /**
   * The memory in front: answers a refusal that is known to hold still, without the database. A flood
   * ends here. `allowed` promises nothing.
   */
  precheck(claims: readonly Claim[]): ThrottleResult
  /**
   * Takes from every limit, or from none if one refuses. Inside the guarded transaction. When the
   * counters cannot be reached it rejects, or with `open` lets the claim pass uncounted and logs it.
   */
  take(
    counters: ThrottleStore,
    claims: readonly Claim[],
    whenDown?: 'open' | 'closed',
  ): Promise<TakeResult>
  /** Gives back what a claim took at last. Inside a transaction. */
  giveBack(counters: ThrottleStore, claims: readonly Claim[]): Promise<void>
}

interface Entry {
  key: string
  hits: Hits
  expiresAt: Instant
}

/**
 * The throttles of one app. With `memory` the same rules count in this process only and outside the
 * transaction: what it took stays taken when the transaction fails.
 */
export function createThrottles(parts: {
  clock: Clock
  store: 'database' | 'memory'
  logger: Logger
}): Throttles {
  const { clock, logger } = parts
  const refusals = createRefusals(clock)
  const memory = parts.store === 'memory' ? createMemory() : undefined

  async function take(counters: ThrottleStore, claims: readonly Claim[]): Promise<TakeResult> {
    const keys = keysOf(claims)
    if (keys.length === 0) return { kind: 'allowed', nextAt: clock.now() }
    const known = memory?.read(keys) ?? (await counters.lock(keys))
    // Read under the lock: a moment from before the wait could be earlier than the last hit.
    const now = clock.now()
    const verdict = judgeAll(claims, known, now)
    if (verdict.kind === 'refused') {
      refusals.add(verdict.claim, verdict.retryAt)
      return refused(verdict.claim.key, verdict.retryAt, now)
    }
    if (memory) memory.write(verdict.entries, now)
    else await counters.save(verdict.entries)
    return { kind: 'allowed', nextAt: verdict.nextAt }
  }

  return {
    precheck(claims) {
      for (const { key, rules, cost = 1 } of claims) {
        const retryAt = rules.length > 0 ? refusals.find(key, cost) : undefined
        if (retryAt !== undefined) return refused(key, retryAt, clock.now())
      }
      return { kind: 'allowed' }
    },

    async take(counters, claims, whenDown = 'closed') {
      try {
        return await take(counters, claims)
      } catch (error) {
        if (!(error instanceof StorageError) || whenDown === 'closed') throw error
        logger.error({ event: 'throttles-down', error: error.message }, 'a limit is not counted')
        return { kind: 'allowed', nextAt: clock.now() }
      }
    },

    async giveBack(counters, claims) {
      const keys = keysOf(claims)
      if (keys.length === 0) return
      const known = memory?.read(keys) ?? (await counters.lock(keys))
      const entries = claims.flatMap(({ key, rules, cost = 1 }) => {
        const hits = known.get(key)
        if (!hits) return []
        const rest = giveBack(hits, cost)
        return [{ key, hits: rest, expiresAt: forgetAt(rest, rules) }]
      })
      if (memory) memory.write(entries, clock.now())
      else if (entries.length > 0) await counters.save(entries)
      for (const key of keys) refusals.remove(key)
    },
  }
}

function judgeAll(
  claims: readonly Claim[],
  known: ReadonlyMap<string, Hits>,
  now: Instant,
):
  | { kind: 'allowed'; entries: Entry[]; nextAt: Instant }
  | { kind: 'refused'; claim: Claim; retryAt: Instant } {
  const entries = new Map<string, Entry>()
  let refusal: { claim: Claim; retryAt: Instant } | undefined
  let nextAt = now
  for (const claim of claims) {
    const { key, rules, cost = 1 } = claim
    if (rules.length === 0) continue
    const verdict = judge(entries.get(key)?.hits ?? known.get(key) ?? [], rules, cost, now)
    if (verdict.kind === 'refused') {
      if (!refusal || verdict.retryAt > refusal.retryAt) refusal = { claim, ...verdict }
      continue
    }
    const { hits } = verdict
    entries.set(key, { key, hits, expiresAt: forgetAt(hits, rules) })
    const next = judge(hits, rules, cost, now)
    if (next.kind === 'refused') nextAt = Math.max(nextAt, next.retryAt)
  }
  if (refusal) return { kind: 'refused', claim: refusal.claim, retryAt: refusal.retryAt }
  return { kind: 'allowed', entries: [...entries.values()], nextAt }
}

/** In one order for everybody, so that two transactions never wait for each other. */
function keysOf(claims: readonly Claim[]): string[] {
  const counted = claims.filter((claim) => claim.rules.length > 0)
  return [...new Set(counted.map((claim) => claim.key))].toSorted()
}

function refused(
  key: string,
  retryAt: Instant,
  now: Instant,
): Extract<TakeResult, { kind: 'refused' }> {
  return {
    kind: 'refused',
    key,
    retryAfterSeconds: Math.max(1, Math.ceil((retryAt - now) / 1_000)),
  }
}

const sweepEvery = 1_000

/** Counters in this process. Read and written without a pause between, so no lock is needed. */
function createMemory() {
  const rows = new Map<string, Entry>()
  let writes = 0
  return {
    read(keys: string[]): Map<string, Hits> {
      return new Map(keys.map((key) => [key, rows.get(key)?.hits ?? []]))
    },
    write(entries: Entry[], now: Instant): void {
      for (const entry of entries) rows.set(entry.key, entry)
      writes += 1
      if (writes % sweepEvery > 0) return
      for (const [key, { expiresAt }] of rows) if (expiresAt <= now) rows.delete(key)
    },
  }
}
