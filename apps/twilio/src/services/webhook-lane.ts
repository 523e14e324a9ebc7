import { createHash } from 'node:crypto'
import type { Settings } from '../config.ts'
import { type HostEvent, matchesEvent } from '../domain/host-event.ts'
import type { Logger } from '../domain/log.ts'
import { webhookDelayMs } from '../domain/retry.ts'
import type { Clock } from '../domain/time.ts'
import type { Posted, Poster } from '../posting/poster.ts'
import type { WebhookDelivery } from '../storage/event-stores.ts'
import type { Store } from '../storage/store.ts'
import { readFeed } from './feed-reader.ts'
import type { LaneReport } from './lane.ts'
import { webhookRequest } from './webhook-request.ts'

/** One endpoint of the settings. */
export type WebhookEndpoint = Settings['webhooks']['endpoints'][number]

/** What one endpoint's work needs. */
export interface WebhookLaneParts {
  settings: { webhooks: Settings['webhooks'] }
  store: Store
  poster: Poster
  newId: () => string
  clock: Clock
  random: () => number
  logger: Logger
}

/** How a try ended. */
type Tried = Posted | { kind: 'forgotten' }

const batch = 100
const gone = 410

/** The name of an endpoint's cursor and of its turn. */
export function webhookCursor(endpointId: string): string {
  return `webhook:${endpointId}`
}

/** Tells addresses apart without keeping one: it may hold a token. */
export function urlHash(url: string): string {
  return createHash('sha256').update(url).digest('hex')
}

/** The work for one endpoint: plans what is new, delivers what is due. */
export function createWebhookWork(
  endpoint: WebhookEndpoint,
  parts: WebhookLaneParts,
): (signal: AbortSignal) => Promise<LaneReport> {
  const { settings, store, poster, newId, clock, random, logger } = parts
  const { concurrency, timeoutSeconds } = settings.webhooks
  const cursor = webhookCursor(endpoint.id)
  const hash = urlHash(endpoint.url)

  /** Each new event becomes a row of its own, with the cursor in one transaction. */
  async function plan(isDisabled: boolean): Promise<number> {
    const found = await readFeed(store, cursor, batch)
    if (!found || found.read === 0) return 0
    const now = clock.now()
    for (const { done } of found.events) done()
    const wanted = found.events.filter(({ event }) =>
      endpoint.events.some((pattern) => matchesEvent(pattern, event.type)),
    )
    const moved = await store.transaction(async ({ cursors, webhooks }) => {
      const step = { from: found.from, to: found.cursor(), at: now }
      if (!(await cursors.move(cursor, step))) return false
      // Of an endpoint that is off they are kept for a replay.
      const fate = isDisabled ? 'failed' : 'pending'
      await webhooks.plan(
        wanted.map(({ event }) => ({
          id: newId(),
          endpoint: endpoint.id,
          eventId: event.id,
          eventType: event.type,
          status: fate,
          nextAt: isDisabled ? undefined : now,
          createdAt: now,
        })),
      )
      return true
    })
    return moved ? found.read : 0
  }

  /** When it is tried again; `undefined` after the last try. */
  function retryAt(attempt: number): number | undefined {
    const delayMs = webhookDelayMs(attempt, random(), settings.webhooks)
    return delayMs && clock.now() + delayMs
  }

  async function tryOnce(event: HostEvent | undefined, signal: AbortSignal): Promise<Tried> {
    if (!event) return { kind: 'forgotten' }
    const request = webhookRequest(event, endpoint.secrets, clock.now())
    const timeoutMs = timeoutSeconds * 1_000
    return poster.post({ url: endpoint.url, ...request, timeoutMs, signal })
  }

  async function deliver(
    delivery: WebhookDelivery,
    event: HostEvent | undefined,
    signal: AbortSignal,
  ): Promise<'gone' | undefined> {
    const begun = clock.monotonic()
    const tried = await tryOnce(event, signal)
    // Cut off by ourselves: it stays due, for whoever comes next.
    if (signal.aborted && tried.kind === 'failed') return undefined
    const attempt = delivery.attempts + 1
    const statusCode = tried.kind === 'answered' ? tried.status : undefined
    const isDone = statusCode !== undefined && isTaken(statusCode)
    const isGone = statusCode === gone
    const nextAt = isDone || isGone || tried.kind === 'forgotten' ? undefined : retryAt(attempt)
    const status = isDone ? 'delivered' : nextAt === undefined ? 'failed' : 'pending'
    const outcome = outcomeOf(tried)
    await store.transaction(({ webhooks }) =>
      webhooks.note(
        {
          id: newId(),
          deliveryId: delivery.id,
          attempt,
          outcome,
          statusCode,
          durationMs: Math.round(clock.monotonic() - begun),
          nextAt,
          createdAt: clock.now(),
        },
        status,
      ),
    )
    if (status === 'failed' && !isGone) {
      const fields = { endpoint: endpoint.id, eventId: delivery.eventId, outcome, attempt }
      logger.warn({ event: 'webhook-given-up', ...fields }, 'an endpoint did not take an event')
    }
    return isGone ? 'gone' : undefined
  }

  async function disable(): Promise<void> {
    const at = clock.now()
    const given = await store.transaction(async ({ webhooks }) => {
      await webhooks.disable(endpoint.id, hash, at)
      return webhooks.giveUp(endpoint.id, at)
    })
    logger.error(
      { event: 'webhook-disabled', endpoint: endpoint.id, waiting: given },
      'an endpoint answered 410 Gone and gets nothing more until it is enabled again',
    )
  }

  async function deliverDue(signal: AbortSignal): Promise<number> {
    const due = await store.webhooks.listDue(endpoint.id, clock.now(), concurrency)
    if (due.length === 0) return 0
    const events = await store.feed.find(due.map(({ eventId }) => eventId))
    const byId = new Map(events.map((event) => [event.id, event]))
    const ends = await Promise.all(due.map((one) => deliver(one, byId.get(one.eventId), signal)))
    if (ends.includes('gone')) await disable()
    return due.length
  }

  return async (signal) => {
    const isDisabled = (await store.webhooks.disabledAt(endpoint.id, hash)) !== undefined
    const planned = await plan(isDisabled)
    if (signal.aborted) return { did: 0 }
    const did = planned + (isDisabled ? 0 : await deliverDue(signal))
    if (did > 0 || isDisabled) return { did: signal.aborted ? 0 : did }
    const next = await store.webhooks.nextDue(endpoint.id)
    return { did, againMs: next === undefined ? undefined : Math.max(0, next - clock.now()) }
  }
}

function isTaken(status: number): boolean {
  return status >= 200 && status < 300
}

function outcomeOf(tried: Tried): string {
  switch (tried.kind) {
    case 'answered':
      return isTaken(tried.status) ? 'ok' : 'refused'
    case 'refused':
      return `not sent: ${tried.words}`
    case 'failed':
      return tried.words
    case 'forgotten':
      return 'the event is no longer kept'
  }
}
