import type { Settings } from '../config.ts'
import type { EventPattern } from '../domain/host-event.ts'
import type { Instant } from '../domain/time.ts'
import type { WebhookAttempt, WebhookDelivery } from '../storage/event-stores.ts'
import { beginFeed } from './feed-reader.ts'
import { createLane, type Lane } from './lane.ts'
import { pageSize } from './page-size.ts'
import type { Signals } from './signals.ts'
import { createWebhookWork, urlHash, webhookCursor, type WebhookLaneParts } from './webhook-lane.ts'

/** One endpoint, as it is doing. */
export interface WebhookStatus {
  id: string
  /** Without its query, which may hold a token. */
  url: string
  events: EventPattern[]
  /** Since when it gets nothing: it answered 410. */
  disabledAt: Instant | undefined
  /** Events that wait for it, and events that were given up and are still kept. */
  pending: number
  failed: number
}

/** One try to hand an event to an endpoint. */
export interface WebhookTry extends Omit<WebhookAttempt, 'id' | 'deliveryId'> {
  endpoint: string
  eventId: string
  eventType: WebhookDelivery['eventType']
}

/** What is to be delivered once more. `kind` tells why nothing was. */
export type ReplayResult = { kind: 'replayed'; events: number } | { kind: 'not-found' }

/** The endpoints of the settings: how they do, what was tried, and trying again. */
export interface Webhooks {
  list(): Promise<WebhookStatus[]>
  /** The newest first; 100 unless said otherwise, 1,000 at most. */
  attempts(query?: {
    endpoint?: string | undefined
    eventId?: string | undefined
    limit?: number | undefined
  }): Promise<WebhookTry[]>
  /**
   * Delivers one event again, or those that were planned from one moment up to another, as long as they
   * are kept. `onlyFailed` leaves out what was delivered. An event keeps its id.
   */
  replay(which: {
    endpoint: string
    eventId?: string | undefined
    from?: Instant | undefined
    to?: Instant | undefined
    onlyFailed?: boolean | undefined
  }): Promise<ReplayResult>
  /** Lets an endpoint that answered 410 have events again; false where it was not off. */
  enable(endpoint: string): Promise<boolean>
}

/** The webhooks of one process. */
export interface WebhookRunner {
  service: Webhooks
  /** Gives every endpoint its place in the database. */
  begin(): Promise<void>
  start(): void
  stop(): Promise<void>
  run(): Promise<number>
}

/** The webhooks of one app; without endpoints it does nothing. */
export function createWebhooks(
  parts: Omit<WebhookLaneParts, 'settings'> & {
    settings: Settings
    signals: Signals
    holder: string
  },
): WebhookRunner {
  const { settings, store, signals, clock, newId, logger } = parts
  const { endpoints } = settings.webhooks
  const lanes: Lane[] = endpoints.map((endpoint) =>
    createLane({
      ...parts,
      name: webhookCursor(endpoint.id),
      work: createWebhookWork(endpoint, parts),
    }),
  )

  /** An event that was not planned for this endpoint, because it came before it or did not match. */
  async function planOne(endpoint: string, eventId: string): Promise<number> {
    const [event] = await store.feed.find([eventId])
    if (!event) return 0
    const at = clock.now()
    const row = { id: newId(), endpoint, eventId, eventType: event.type, createdAt: at, nextAt: at }
    await store.webhooks.plan([{ ...row, status: 'pending' }])
    return 1
  }

  const service: Webhooks = {
    list: () =>
      Promise.all(
        endpoints.map(async ({ id, url, events }) => ({
          id,
          url: url.replace(/\?.*$/, ''),
          events: [...events],
          disabledAt: await store.webhooks.disabledAt(id, urlHash(url)),
          ...(await store.webhooks.countOpen(id)),
        })),
      ),
    async attempts({ endpoint, eventId, limit = 100 } = {}) {
      const query = { endpoint, eventId, limit: pageSize(limit) }
      const rows = await store.webhooks.listAttempts(query)
      return rows.map(({ id: _id, deliveryId: _delivery, ...rest }) => rest)
    },
    async replay({ endpoint, eventId, from, to, onlyFailed = false }) {
      if (!endpoints.some(({ id }) => id === endpoint)) return { kind: 'not-found' }
      const which = { endpoint, eventId, from, to, onlyFailed, at: clock.now() }
      let events = await store.transaction(({ webhooks }) => webhooks.replay(which))
      if (events === 0 && eventId !== undefined) {
        events = await planOne(endpoint, eventId)
        if (events === 0) return { kind: 'not-found' }
      }
      if (events > 0) signals.changed([])
      return { kind: 'replayed', events }
    },
    enable: (endpoint) => store.webhooks.enable(endpoint),
  }

  return {
    service,
    async begin() {
      const at = clock.now()
      for (const { id } of endpoints)
        await beginFeed(store, { name: webhookCursor(id), startAt: 'now', at, logger })
    },
    start: () => lanes.forEach((lane) => lane.start()),
    async stop() {
      await Promise.all(lanes.map((lane) => lane.stop()))
    },
    async run() {
      const did = await Promise.all(lanes.map((lane) => lane.run()))
      return did.reduce((sum, one) => sum + one, 0)
    },
  }
}
