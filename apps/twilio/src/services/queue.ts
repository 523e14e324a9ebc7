import type { Settings } from '../config.ts'
import { firstIdAt, lastId } from '../domain/id.ts'
import type { Message } from '../domain/message.ts'
import { paceKey } from '../domain/pace.ts'
import type { Clock } from '../domain/time.ts'
import type { Store } from '../storage/store.ts'
import type { BreakerState, Flow } from './flow.ts'
import { pageSize } from './page-size.ts'

/** How many messages stand where. Counting ends at 10,000 a priority, of what is planned at 1,000. */
export interface QueueFacts {
  /** Due: they are sent as soon as their turn comes. */
  waiting: number
  /** To be sent at a time of their own. */
  scheduled: number
  /** Tried before, or put off for the pace of their sender: they are due again later. */
  retrying: number
  sending: number
  inDoubt: number
  /** Accepted in the last 24 hours and ended as `FAILED`, `UNDELIVERED` or `EXPIRED`. */
  failed: number
  /** How long the earliest message is due, in seconds; 0 when none is. */
  oldestSeconds: number
  /** True where there is more than was counted. */
  isCapped: boolean
  /** As this process sees it; one that does not deliver sees it closed. */
  breaker: BreakerState
  pace: {
    /** The pace of senders that have none of their own, in segments a second. */
    default: number | undefined
    /** Those with a pace of their own, and the segments they took in the last second. */
    senders: { sender: string; limit: number; used: number }[]
  }
}

/** The queue as its operators see it. */
export interface Queue {
  /** Bounded work, however many messages there are. */
  facts(): Promise<QueueFacts>
  /**
   * Messages that ended as `FAILED`, `UNDELIVERED` or `EXPIRED`, newest first, 1 to 1,000; `before` is the
   * last id of the page before. `messages.resend` sends one again.
   */
  deadLetters(page?: {
    before?: string | undefined
    limit?: number | undefined
  }): Promise<Message[]>
}

/** Nothing is counted further than this. */
const most = 10_000
/** Nor this, of what has to be read for it. */
const mostRead = 1_000
const recentMs = 86_400_000
const secondMs = 1_000

/** The queue of one database. */
export function createQueue(parts: {
  settings: Settings
  store: Store
  flow: Pick<Flow, 'state'>
  clock: Clock
}): Queue {
  const { settings, store, flow, clock } = parts
  const { default: fallback, senders } = settings.delivery.pace

  async function paceOf(now: number): Promise<QueueFacts['pace']['senders']> {
    const keys = Object.keys(senders).map(paceKey)
    const hits = await store.throttles.read(keys)
    return Object.entries(senders).map(([sender, limit]) => {
      const recent = (hits.get(paceKey(sender)) ?? []).filter(({ at }) => at > now - secondMs)
      return { sender, limit, used: recent.reduce((sum, { cost }) => sum + cost, 0) }
    })
  }

  return {
    async facts() {
      const now = clock.now()
      const failedFrom = firstIdAt(now - recentMs)
      const found = await store.queue.facts({ now, failedFrom, most, mostRead })
      const { due, scheduled, retrying, sending, inDoubt, failed, earliestAt } = found
      const waitedMs = earliestAt === undefined ? 0 : now - earliestAt
      return {
        waiting: due,
        scheduled,
        retrying,
        sending,
        inDoubt,
        failed,
        oldestSeconds: Math.floor(waitedMs / secondMs),
        isCapped:
          Math.max(due, sending, inDoubt, failed) >= most || scheduled + retrying >= mostRead,
        breaker: flow.state(),
        pace: { default: fallback, senders: await paceOf(now) },
      }
    },
    deadLetters: ({ before = lastId, limit } = {}) =>
      store.queue.listFailed({ before, limit: pageSize(limit) }),
  }
}
