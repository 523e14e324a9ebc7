import type { Hits } from '../domain/throttle.ts'
import type { Logger } from '../domain/log.ts'
import type { Clock, Instant } from '../domain/time.ts'
import { StorageError } from '../storage/errors.ts'
import type { Tables, ThrottleStore } from '../storage/store.ts'
import type { Blocks } from './blocks.ts'
import { type Claim, type Entry, judgeAll, keysOf, withoutHits } from './claims.ts'
import { createRefusals } from './refusals.ts'
import { createThrottleMemory } from './throttle-memory.ts'

/** What asking several limits at once can end in. */
export type ThrottleResult =
  | { kind: 'allowed' }
  | { kind: 'refused'; key: string; retryAfterSeconds: number }

/**
 * As `ThrottleResult`. `nextAt` is the first moment at which the same claims would pass once more; `at`
 * is the moment as of which they were counted.
 */
export type TakeResult =
  | { kind: 'allowed'; at: Instant; nextAt: Instant }
  | Extract<ThrottleResult, { kind: 'refused' }>

/** Limits inside a transaction that holds their counters. */
export interface Limits {
  /** Takes from every limit, or from none if one refuses. */
  take(claims: readonly Claim[]): TakeResult
  /** Undoes a take of `at` that turned out to be for nothing. */
  giveBack(claims: readonly Claim[], at: Instant): void
}

/** Runs its argument in a transaction; `isSecond` where it runs once more, without the counters. */
export type RunGuarded<T> = (work: (tables: Tables) => Promise<T>, isSecond: boolean) => Promise<T>

/** What a guarded transaction may take, and what is to be done without counters. */
export interface GuardOptions {
  claims: readonly Claim[]
  whenDown: 'open' | 'closed'
  /** A caller that will try its parts alone: then one counter held by somebody is a reason to reject. */
  splits?: boolean | undefined
}

/** Exact limits, counted in the transaction that they guard. */
export interface Throttles {
  /**
   * The memory in front: answers a refusal that is known to hold still, without the database. A flood
   * ends here. `allowed` promises nothing.
   */
  precheck(claims: readonly Claim[]): ThrottleResult
  /**
   * Runs `work` in a transaction of `run` that holds the counters of `claims`; `work` may take from
   * these only. When the counters cannot be reached it rejects, or with `open` runs once more
   * uncounted and logs it.
   */
  guard<T>(
    run: RunGuarded<T>,
    asked: GuardOptions,
    work: (tables: Tables, limits: Limits) => Promise<T>,
  ): Promise<T>
  /** The same inside a transaction that is there already, and never uncounted. */
  within<T>(
    tables: Tables,
    claims: readonly Claim[],
    work: (tables: Tables, limits: Limits) => Promise<T>,
  ): Promise<T>
  /** Gives back what a claim took at `at`. Inside a transaction. */
  giveBack(counters: ThrottleStore, claims: readonly Claim[], at: Instant): Promise<void>
  /** Gives back what was taken in advance. */
  close(): Promise<void>
}

/**
 * The throttles of one app. With `memory` the same rules count in this process only and outside the
 * transaction: what it took stays taken when the transaction fails. `blocks` are for a database that
 * several transactions write to at the same time.
 */
export function createThrottles(parts: {
  clock: Clock
  store: 'database' | 'memory'
  logger: Logger
  blocks?: Blocks | undefined
}): Throttles {
  const { clock, logger } = parts
  const refusals = createRefusals(clock)
  const memory = parts.store === 'memory' ? createThrottleMemory() : undefined
  const blocks = memory ? undefined : parts.blocks
  /** Failures of the counters, as opposed to those of the guarded work. */
  const countersDown = new WeakSet<Error>()

  async function reach<T>(asked: Promise<T>): Promise<T> {
    try {
      return await asked
    } catch (error) {
      if (error instanceof StorageError) countersDown.add(error)
      throw error
    }
  }

  async function count<T>(
    tables: Tables,
    claims: readonly Claim[],
    work: (tables: Tables, limits: Limits) => Promise<T>,
    covers: (claim: Claim) => boolean = () => false,
    mark: (claims: readonly Claim[], isUsed: boolean) => void = () => undefined,
  ): Promise<T> {
    const { throttles: counters } = tables
    const isCounted = (claim: Claim) => !covers(claim)
    const keys = keysOf(claims.filter(isCounted))
    const locked = memory || keys.length === 0 ? new Map() : await reach(counters.lock(keys))
    const known = new Map<string, Hits>(memory?.read(keys) ?? locked)
    const changed = new Map<string, Entry>()
    function change(entries: readonly Entry[]): void {
      for (const entry of entries) {
        known.set(entry.key, entry.hits)
        changed.set(entry.key, entry)
      }
      memory?.write(entries, clock.now())
    }
    const limits: Limits = {
      take(some) {
        // Read under the lock: a moment from before the wait could be earlier than the last hit.
        const now = clock.now()
        const verdict = judgeAll(some.filter(isCounted), known, now)
        if (verdict.kind === 'refused') {
          refusals.add(verdict.claim, verdict.retryAt)
          return refused(verdict.claim.key, verdict.retryAt, now)
        }
        change(verdict.entries)
        mark(some, true)
        return { kind: 'allowed', at: now, nextAt: verdict.nextAt }
      },
      giveBack(some, at) {
        change(withoutHits(some.filter(isCounted), known, at))
        mark(some, false)
      },
    }
    const result = await work(tables, limits)
    if (!memory && changed.size > 0) await reach(counters.save([...changed.values()]))
    return result
  }

  async function once<T>(
    run: RunGuarded<T>,
    claims: readonly Claim[],
    work: (tables: Tables, limits: Limits) => Promise<T>,
  ): Promise<T> {
    const drawn = await blocks?.draw(claims)
    if (!drawn) return run((tables) => count(tables, claims, work), false)
    const used = new Set<Claim>()
    const result = await run((tables) => {
      // It may run a second time, where two transactions had waited for each other.
      used.clear()
      return count(
        tables,
        claims,
        work,
        (claim) => drawn.covers(claim),
        (some, isUsed) => {
          for (const claim of some) {
            if (isUsed) used.add(claim)
            else used.delete(claim)
          }
        },
      )
    }, false)
    // Not after a failure: who knows whether the commit has arrived.
    for (const claim of claims) if (!used.has(claim)) drawn.putBack(claim)
    return result
  }

  return {
    precheck(claims) {
      for (const { key, rules, cost = 1 } of claims) {
        const retryAt = rules.length > 0 ? refusals.find(key, cost) : undefined
        if (retryAt !== undefined) return refused(key, retryAt, clock.now())
      }
      return { kind: 'allowed' }
    },

    async guard(run, { claims, whenDown, splits = false }, work) {
      try {
        return await once(run, claims, work)
      } catch (error) {
        if (!(error instanceof StorageError) || !countersDown.has(error)) throw error
        if (whenDown === 'closed' || (splits && error.isContended)) throw error
        logger.error({ event: 'throttles-down', error: error.message }, 'a limit is not counted')
        return run((tables) => work(tables, uncounted(clock)), true)
      }
    },

    within: (tables, claims, work) => count(tables, claims, work),

    async giveBack(counters, claims, at) {
      const keys = keysOf(claims)
      if (keys.length === 0) return
      const known = memory?.read(keys) ?? (await counters.lock(keys))
      const entries = withoutHits(claims, known, at)
      if (memory) memory.write(entries, clock.now())
      else if (entries.length > 0) await counters.save(entries)
      for (const key of keys) refusals.remove(key)
    },

    close: async () => blocks?.close(),
  }
}

/** Limits that nobody counts. */
function uncounted(clock: Clock): Limits {
  return {
    take() {
      const now = clock.now()
      return { kind: 'allowed', at: now, nextAt: now }
    },
    giveBack: () => undefined,
  }
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
