import { hourMs, hourOf, quantileOf } from '../domain/hourly.ts'
import type { Clock, Instant } from '../domain/time.ts'
import type { HourlyStore } from '../storage/browse-store.ts'

/** How far back an overview looks. */
export type OverviewRange = (typeof overviewRanges)[number]

/** Every range. */
export const overviewRanges = ['24h', '7d', '30d'] as const

/** What messages of a stretch of time became. Medians are off by a tenth at most; null without any. */
export interface OverviewTotals {
  /** The carrier has, or had, them. */
  sent: number
  delivered: number
  undelivered: number
  /** Expired ones among them. */
  failed: number
  inDoubt: number
  /** Decimal, by currency. */
  cost: { unit: string; amount: string }[]
  /** From the call to the carrier to the delivery, in seconds. */
  deliveryMedianSeconds: number | null
  deliveryP95Seconds: number | null
}

/** One hour or one day of UTC. */
export interface OverviewBucket extends OverviewTotals {
  at: Instant
  verificationsStarted: number
  verificationsApproved: number
}

/** Everything that an overview shows. */
export interface OverviewFacts {
  from: Instant
  to: Instant
  totals: OverviewTotals
  /** Of as long a time before. */
  previous: OverviewTotals
  buckets: OverviewBucket[]
  /** Most frequent first. */
  errors: { code: number; count: number }[]
  verification: {
    started: number
    /** Codes that arrived, as far as they were sent from here. */
    delivered: number
    approved: number
    failed: number
    expired: number
    medianSeconds: number | null
  }
}

/** What many messages became, read from counters: as fast with a million of them as with one. */
export interface Overview {
  read(range: OverviewRange): Promise<OverviewFacts>
  /** Messages a second that the carrier took, over this hour so far and the one before. */
  ratePerSecond(): Promise<number>
}

const dayMs = 24 * hourMs
const shapes = {
  '24h': { widthMs: hourMs, count: 24 },
  '7d': { widthMs: hourMs, count: 168 },
  '30d': { widthMs: dayMs, count: 30 },
} as const satisfies Record<OverviewRange, { widthMs: number; count: number }>
const mostErrors = 20

type Counters = Map<string, number>

/** The overview of one database. */
export function createOverview(parts: {
  store: { hourly: Pick<HourlyStore, 'sums'> }
  clock: Clock
}): Overview {
  const { store, clock } = parts
  return {
    async ratePerSecond() {
      const now = clock.now()
      const [from, until] = [hourOf(now) - hourMs, hourOf(now) + hourMs]
      const sums = await store.hourly.sums({ from, until, widthMs: hourMs })
      const sent = sums.filter(({ name }) => name === 'sent')
      const all = sent.reduce((sum, { amount }) => sum + amount, 0)
      return Number((all / ((now - from) / 1_000)).toFixed(2))
    },
    async read(range) {
      const { widthMs, count } = shapes[range]
      const to = clock.now()
      const until = hourOf(to) + hourMs
      const from = to - (to % widthMs) - (count - 1) * widthMs
      const spanMs = until - from
      const byTime = new Map<Instant, Counters>()
      const all: Counters = new Map()
      for (const { at, name, amount } of await store.hourly.sums({ from, until, widthMs })) {
        const counters = byTime.get(at) ?? new Map<string, number>()
        byTime.set(at, counters.set(name, amount))
        all.set(name, (all.get(name) ?? 0) + amount)
      }
      // As one stretch: its beginning does not matter.
      const earlier: Counters = new Map()
      const past = { from: from - spanMs, until: from, widthMs: dayMs }
      for (const { name, amount } of await store.hourly.sums(past)) {
        earlier.set(name, (earlier.get(name) ?? 0) + amount)
      }
      return {
        from,
        to,
        totals: totalsOf(all),
        previous: totalsOf(earlier),
        buckets: Array.from({ length: count }, (_, i) => {
          const at = from + i * widthMs
          const counters = byTime.get(at) ?? new Map<string, number>()
          return {
            at,
            ...totalsOf(counters),
            verificationsStarted: counters.get('v:started') ?? 0,
            verificationsApproved: counters.get('v:approved') ?? 0,
          }
        }),
        errors: startingWith(all, 'error:')
          .map(([code, n]) => ({ code: Number(code), count: n }))
          .filter((error) => error.count > 0)
          .toSorted((a, b) => b.count - a.count || a.code - b.code)
          .slice(0, mostErrors),
        verification: {
          started: all.get('v:started') ?? 0,
          delivered: all.get('v:delivered') ?? 0,
          approved: all.get('v:approved') ?? 0,
          failed: all.get('v:failed') ?? 0,
          expired: all.get('v:expired') ?? 0,
          medianSeconds: quantileOf(bucketsOf(all, 'v:delay:'), 0.5),
        },
      }
    },
  }
}

function totalsOf(counters: Counters): OverviewTotals {
  const delays = bucketsOf(counters, 'delay:')
  return {
    sent: counters.get('sent') ?? 0,
    delivered: counters.get('delivered') ?? 0,
    undelivered: counters.get('undelivered') ?? 0,
    failed: counters.get('failed') ?? 0,
    inDoubt: counters.get('in_doubt') ?? 0,
    cost: startingWith(counters, 'cost:')
      .filter(([, millionths]) => millionths !== 0)
      .map(([unit, millionths]) => ({ unit, amount: (millionths / 1e6).toFixed(5) }))
      .toSorted((a, b) => (a.unit < b.unit ? -1 : 1)),
    deliveryMedianSeconds: quantileOf(delays, 0.5),
    deliveryP95Seconds: quantileOf(delays, 0.95),
  }
}

function startingWith(counters: Counters, head: string): [string, number][] {
  return [...counters].flatMap(([name, amount]): [string, number][] =>
    name.startsWith(head) ? [[name.slice(head.length), amount]] : [],
  )
}

function bucketsOf(counters: Counters, head: string): Map<number, number> {
  return new Map(startingWith(counters, head).map(([bucket, n]) => [Number(bucket), n]))
}
