import { type EventPattern, type HostEvent, matchesEvent } from '../domain/host-event.ts'
import type { Logger } from '../domain/log.ts'
import { handlerDelayMs } from '../domain/retry.ts'
import type { Clock } from '../domain/time.ts'
import type { Store } from '../storage/store.ts'
import { readFeed } from './feed-reader.ts'
import type { LaneReport } from './lane.ts'

/** What a handler may want to know beside its event. */
export interface HandlerContext {
  /** Aborts when the handler has taken too long, or when another process has taken over. */
  signal: AbortSignal
}

/** One handler of a consumer. */
export interface Subscription {
  pattern: EventPattern
  handle: (event: HostEvent, context: HandlerContext) => unknown
}

/** How a try ended. */
type Tried = { kind: 'done' } | { kind: 'failed'; error: string } | { kind: 'stopped' }

const batch = 100
/** How much work a crash may make somebody do again. */
const saveEveryMs = 200

/** The work of one consumer: its events one after another, its cursor behind them. */
export function createConsumer(parts: {
  name: string
  cursor: string
  subscriptions: ReadonlySet<Subscription>
  settings: { events: { maxAttempts: number; handlerTimeoutSeconds: number } }
  store: Store
  clock: Clock
  random: () => number
  logger: Logger
}): { work: (signal: AbortSignal) => Promise<LaneReport> } {
  const { name, cursor, subscriptions, settings, store, clock, random, logger } = parts
  const { maxAttempts, handlerTimeoutSeconds } = settings.events
  let trouble: { eventId: string; attempts: number; until: number } | undefined
  /** Which handlers are through with the event in trouble. */
  let through = new Set<Subscription>()

  async function call(one: Subscription, event: HostEvent, stop: AbortSignal): Promise<void> {
    const own = new AbortController()
    const late = () =>
      own.abort(new Error(`the handler took more than ${handlerTimeoutSeconds} seconds`))
    const cancel = clock.after(handlerTimeoutSeconds * 1_000, late)
    const signal = AbortSignal.any([own.signal, stop])
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(reasonOf(signal)), { once: true })
    })
    try {
      // Asked for in a function of its own: a handler that is not async may throw at once.
      const handled = (async () => one.handle(event, { signal }))()
      await Promise.race([handled, aborted])
    } finally {
      cancel()
    }
  }

  async function attempt(event: HostEvent, stop: AbortSignal): Promise<Tried> {
    for (const one of subscriptions) {
      if (!matchesEvent(one.pattern, event.type) || through.has(one)) continue
      try {
        await call(one, event, stop)
      } catch (error) {
        if (stop.aborted) return { kind: 'stopped' }
        return { kind: 'failed', error: String(error).slice(0, 500) }
      }
      through.add(one)
    }
    through = new Set()
    return { kind: 'done' }
  }

  /** Counts a failure; answers the attempts when it was the last one. */
  function failed(event: HostEvent, error: string): number | undefined {
    const attempts = trouble?.eventId === event.id ? trouble.attempts + 1 : 1
    const waitMs = handlerDelayMs(attempts, random())
    trouble = { eventId: event.id, attempts, until: clock.monotonic() + waitMs }
    const fields = { consumer: name, eventId: event.id, type: event.type, attempts, error }
    if (attempts < maxAttempts) {
      logger.warn({ event: 'handler-failed', ...fields, waitMs }, 'a handler of events threw')
      return undefined
    }
    trouble = undefined
    through = new Set()
    const words = 'an event was parked: its handler threw too often'
    logger.error({ event: 'event-parked', ...fields }, words)
    return attempts
  }

  /** Parked events that somebody wants to be tried again, once each. */
  async function retryParked(stop: AbortSignal): Promise<number> {
    const parked = await store.parkedEvents.listRetries(name, batch)
    if (parked.length === 0 || trouble) return 0
    const events = await store.feed.find(parked.map(({ eventId }) => eventId))
    for (const { eventId, attempts, eventType } of parked) {
      const event = events.find(({ id }) => id === eventId)
      const tried: Tried = event ? await attempt(event, stop) : { kind: 'done' }
      if (tried.kind === 'stopped') break
      through = new Set()
      await store.transaction(async ({ parkedEvents }) => {
        if (tried.kind === 'done') return parkedEvents.remove(name, eventId)
        const facts = { consumer: name, eventId, eventType, error: tried.error }
        return parkedEvents.put({ ...facts, attempts: attempts + 1, parkedAt: clock.now() })
      })
    }
    return parked.length
  }

  async function follow(stop: AbortSignal): Promise<LaneReport> {
    const restMs = (trouble?.until ?? -Infinity) - clock.monotonic()
    if (restMs > 0) return { did: 0, againMs: restMs }
    const found = await readFeed(store, cursor, batch)
    if (!found || found.read === 0) return { did: 0 }
    let { from } = found
    let savedAt = clock.monotonic()
    let did = 0

    /** False where somebody else has moved the cursor: then nothing here counts any more. */
    async function save(parked?: { event: HostEvent; attempts: number; error: string }) {
      const to = found?.cursor() ?? from
      savedAt = clock.monotonic()
      const moved = await store.transaction(async (tables) => {
        const step = { from, to, at: clock.now() }
        if (from !== to && !(await tables.cursors.move(cursor, step))) return false
        if (!parked) return true
        const { event, attempts, error } = parked
        const facts = { consumer: name, eventId: event.id, eventType: event.type }
        await tables.parkedEvents.put({ ...facts, attempts, error, parkedAt: clock.now() })
        return true
      })
      from = to
      return moved
    }

    for (const { event, done } of found.events) {
      if (stop.aborted) break
      const tried = await attempt(event, stop)
      if (tried.kind === 'stopped') break
      if (tried.kind === 'failed') {
        const attempts = failed(event, tried.error)
        if (attempts === undefined) {
          await save()
          return { did, againMs: (trouble?.until ?? 0) - clock.monotonic() }
        }
        done()
        if (!(await save({ event, attempts, error: tried.error }))) return { did: 0 }
      } else {
        trouble = undefined
        done()
        if (clock.monotonic() - savedAt >= saveEveryMs && !(await save())) return { did: 0 }
      }
      did++
    }
    const isSaved = await save()
    // Rows that no host is told of count as well: behind them there may be more.
    return { did: isSaved && !stop.aborted ? Math.max(did, found.read) : 0 }
  }

  return {
    async work(stop) {
      const retried = await retryParked(stop)
      if (retried > 0 || stop.aborted) return { did: retried }
      return follow(stop)
    },
  }
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('aborted')
}
