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
  /** Tries to sign in to one account from one address, `<name>:<address>`. */
  signIn: (pair: string) => `sms:sign-in:${pair}`,
  /** Tries to sign in from one address. */
  signInAddress: (address: string) => `sms:sign-in-address:${address}`,
  /** Tries to sign in to one account. */
  signInAccount: (name: string) => `sms:sign-in-account:${name}`,
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
  const past = clamp(hits, now, blockOf(rules)?.lifeMs ?? 0)
  let refusal: { rule: ThrottleRule; retryAt: Instant } | undefined
  for (const rule of rules) {
    const retryAt = firstFit(past, rule, cost, now)
    if (retryAt > (refusal?.retryAt ?? now)) refusal = { rule, retryAt }
  }
  if (refusal) return { kind: 'refused', ...refusal }
  return { kind: 'allowed', hits: enter(past, { at: now, cost }, rules, now) }
}

/** What one process may take from a limit in advance, and for how long. */
export interface Block {
  size: number
  lifeMs: number
}

const blocksALimit = 64
const longestLifeMs = 1_000
/** Where fewer blocks than this are left, everybody takes one by one: the end of a limit is exact. */
const blocksKeptFree = 4

/**
 * The block of these rules: so small a share that what lies unused in some process hardly matters.
 * Undefined for limits so small that a block would be a single one.
 */
export function blockOf(rules: readonly ThrottleRule[]): Block | undefined {
  const size = Math.floor(Math.min(...rules.map((rule) => rule.limit)) / blocksALimit)
  if (rules.length === 0 || size < 2) return undefined
  const shortestMs = Math.min(...rules.map((rule) => rule.windowSeconds * 1_000))
  return { size, lifeMs: Math.min(longestLifeMs, Math.floor(shortestMs / blocksALimit)) }
}

/**
 * Takes a block at `now`, or as much as is wanted at once, unless the limit is nearly used up. Its units are used at any time of
 * its life, so they are entered as of its end, `until`: from then on they count for a whole window, and
 * until then they count anyhow. So each use has an entry that is not older than itself, and whoever
 * asks sees at least what any window that ends now holds.
 */
export function reserve(
  hits: Hits,
  rules: readonly ThrottleRule[],
  wanted: number,
  now: Instant,
): { kind: 'reserved'; hits: Hits; size: number; until: Instant } | { kind: 'near' } {
  const block = blockOf(rules)
  if (!block) return { kind: 'near' }
  const size = Math.max(block.size, wanted)
  const free = (blocksKeptFree - 1) * block.size
  if (judge(hits, rules, size + free, now).kind === 'refused') return { kind: 'near' }
  const until = now + block.lifeMs
  const past = clamp(hits, now, block.lifeMs)
  return {
    kind: 'reserved',
    hits: enter(past, { at: until, cost: size }, rules, now),
    size,
    until,
  }
}

/**
 * The hits without `cost` of what was entered as of `at`: it did not count after all. Entries may have
 * been moved to a later moment and never to an earlier one, so the first ones from `at` on are taken;
 * older ones stand for somebody else's use.
 */
export function giveBack(hits: Hits, cost: number, at: Instant): Hits {
  let owed = cost
  return hits.flatMap((hit) => {
    if (hit.at < at || owed === 0) return [hit]
    const taken = Math.min(hit.cost, owed)
    owed -= taken
    return taken === hit.cost ? [] : [{ at: hit.at, cost: hit.cost - taken }]
  })
}

/** With one hit more, oldest first, as few entries as will do. */
function enter(past: Hits, hit: Hits[number], rules: readonly ThrottleRule[], now: Instant): Hits {
  const later = past.findLastIndex((one) => one.at <= hit.at) + 1
  return thin(keep(past.toSpliced(later, 0, hit), rules, now), now)
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

/**
 * A hit from the future counts as of the end of the block that it may belong to, and where there are no
 * blocks as of now: the clock was set back, and it shall block one window at most.
 */
function clamp(hits: Hits, now: Instant, aheadMs: number): Hits {
  const latest = now + aheadMs
  return hits.map((hit) => (hit.at > latest ? { at: latest, cost: hit.cost } : hit))
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
