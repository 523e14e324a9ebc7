import type { Settings } from '../config.ts'
import { firstIdAt } from '../domain/id.ts'
import type { Message } from '../domain/message.ts'
import { paceKey } from '../domain/pace.ts'
import type { Clock } from '../domain/time.ts'
import type { Store } from '../storage/store.ts'
import type { BreakerState, Flow } from './flow.ts'

/** How many messages stand where. No figure is counted beyond 10,000 a priority. */
export interface QueueFacts {
  /** To be sent now, or as soon as their turn comes. */
  waiting: number
  /** To be sent at a time of their own. */
  scheduled: number
  /** Tried before; they wait for their next try. */
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
const recentMs = 86_400_000
const secondMs = 1_000
/** Sorts behind every id. */
const lastId = 'g'

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
      const found = await store.queue.facts({ failedFrom, most })
      const { counted, scheduled, retrying, sending, inDoubt, failed, earliestAt } = found
      const waitedMs = earliestAt === undefined ? 0 : Math.max(0, now - earliestAt)
      return {
        waiting: counted - scheduled - retrying,
        scheduled,
        retrying,
        sending,
        inDoubt,
        failed,
        oldestSeconds: Math.floor(waitedMs / secondMs),
        isCapped: Math.max(counted, sending, inDoubt, failed) >= most,
        breaker: flow.state(),
        pace: { default: fallback, senders: await paceOf(now) },
      }
    },
    deadLetters: ({ before = lastId, limit = 50 } = {}) =>
      store.queue.listFailed({ before, limit: Math.min(1_000, Math.max(1, limit)) }),
  }
}
