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

/** The keys of the counters, one function a limit. */
export const throttleKeys = {
  /** Codes to one phone. */
  retry: (toPhone: string) => `sms:retry:${toPhone}`,
  /** Wrong guesses for one phone. */
  guess: (toPhone: string) => `sms:guess:${toPhone}`,
  /** Starts from one client address, as `addressKey` writes it. */
  start: (address: string) => `sms:start:${address}`,
  /** Messages to one phone. */
  send: (toPhone: string) => `sms:send:${toPhone}`,
  /** Segments of all messages. */
  segments: () => 'sms:segments',
  /** Codes to one country. */
  country: (country: string) => `sms:country:${country}`,
  /** Codes in all. */
  codes: () => 'sms:codes',
} as const satisfies Record<string, (subject: string) => string>

/**
 * Asks every rule whether `cost` more fits at `now`. A window is half open: a hit at second 0 no longer
 * counts at second `windowSeconds`. A cost over the limit never fits; its `retryAt` is one window away.
 */
export function judge(
  hits: Hits,
  rules: readonly ThrottleRule[],
  cost: number,
  now: Instant,
): ThrottleVerdict {
  const past = clamp(hits, now)
  let refusal: { rule: ThrottleRule; retryAt: Instant } | undefined
  for (const rule of rules) {
    const retryAt = firstFit(past, rule, cost, now)
    if (retryAt > (refusal?.retryAt ?? now)) refusal = { rule, retryAt }
  }
  if (refusal) return { kind: 'refused', ...refusal }
  return { kind: 'allowed', hits: thin(keep([...past, { at: now, cost }], rules, now), now) }
}

/** The hits without the last `cost` of them: what was taken at last did not count after all. */
export function giveBack(hits: Hits, cost: number): Hits {
  const rest = [...hits]
  let owed = cost
  for (let last = rest.pop(); last; last = rest.pop()) {
    if (last.cost > owed) return [...rest, { at: last.at, cost: last.cost - owed }]
    owed -= last.cost
    if (owed === 0) break
  }
  return rest
}

/** The moment from which none of the rules needs these hits. */
export function forgetAt(hits: Hits, rules: readonly ThrottleRule[]): Instant {
  return (hits.at(-1)?.at ?? 0) + longest(rules)
}

/** The first moment from `now` on at which `cost` fits under this rule, if nothing else happens. */
function firstFit(hits: Hits, rule: ThrottleRule, cost: number, now: Instant): Instant {
  const windowMs = rule.windowSeconds * 1_000
  const counted = hits.filter((hit) => hit.at > now - windowMs)
  let used = counted.reduce((sum, hit) => sum + hit.cost, 0)
  if (used + cost <= rule.limit) return now
  for (const hit of counted) {
    used -= hit.cost
    if (used + cost <= rule.limit) return hit.at + windowMs
  }
  return now + windowMs
}

/** A hit from the future (the clock was set back) counts as of now, so that it blocks one window at most. */
function clamp(hits: Hits, now: Instant): Hits {
  return hits.map((hit) => (hit.at > now ? { at: now, cost: hit.cost } : hit))
}

function keep(hits: Hits, rules: readonly ThrottleRule[], now: Instant): Hits {
  return merge(hits.filter((hit) => hit.at > now - longest(rules)))
}

function longest(rules: readonly ThrottleRule[]): number {
  return Math.max(0, ...rules.map((rule) => rule.windowSeconds * 1_000))
}

/** Adds up hits of the same moment. */
function merge(hits: Hits): Hits {
  const merged: Hits = []
  for (const hit of hits) {
    const last = merged.at(-1)
    if (last?.at === hit.at) last.cost += hit.cost
    else merged.push({ ...hit })
  }
  return merged
}

const mostExactHits = 1_000

/**
 * Bounds the row of a cap over everything (100,000 segments a day would be 100,000 entries): moves old
 * hits up to the next mark of a grid that is at most 1/64 of their age. They then count a little longer,
 * never shorter, so no limit is exceeded. Marks are powers of two apart: moving again adds nothing.
 */
function thin(hits: Hits, now: Instant): Hits {
  if (hits.length <= mostExactHits) return hits
  const moved = hits.map((hit) => {
    const step = 2 ** Math.floor(Math.log2((now - hit.at) / 64))
    return step > 1 ? { at: Math.ceil(hit.at / step) * step, cost: hit.cost } : hit
  })
  return merge(moved.toSorted((a, b) => a.at - b.at))
}
