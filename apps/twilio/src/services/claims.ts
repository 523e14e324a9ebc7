import { forgetAt, giveBack, type Hits, judge, type ThrottleRule } from '../domain/throttle.ts'
import type { Instant } from '../domain/time.ts'

/** One limit to be asked: `key` such as `sms:retry:+14155552671`. Without rules it never refuses. */
export interface Claim {
  key: string
  rules: readonly ThrottleRule[]
  /** What it takes from each limit; default 1. */
  cost?: number | undefined
}

/** A counter as it is written back. */
export interface Entry {
  key: string
  hits: Hits
  expiresAt: Instant
}

/** The counters without what these claims took at `at`. */
export function withoutHits(
  claims: readonly Claim[],
  known: ReadonlyMap<string, Hits>,
  at: Instant,
): Entry[] {
  const rests = new Map(known)
  return claims.flatMap(({ key, rules, cost = 1 }) => {
    const hits = rests.get(key)
    if (!hits || rules.length === 0) return []
    const rest = giveBack(hits, cost, at)
    rests.set(key, rest)
    return [{ key, hits: rest, expiresAt: forgetAt(rest, rules) }]
  })
}

/** Asks every limit of the claims, as they are known. */
export function judgeAll(
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
export function keysOf(claims: readonly Claim[]): string[] {
  const counted = claims.filter((claim) => claim.rules.length > 0)
  return [...new Set(counted.map((claim) => claim.key))].toSorted()
}
