import type { Settings } from '../config.ts'
import type { EventFor, EventPattern, HostEvent } from '../domain/host-event.ts'
import type { Logger } from '../domain/log.ts'
import type { Clock } from '../domain/time.ts'
import type { ParkedEvent } from '../storage/event-stores.ts'
import type { Store } from '../storage/store.ts'
import { createConsumer, type HandlerContext, type Subscription } from './consumer.ts'
import { beginFeed, type StartAt } from './feed-reader.ts'
import { createLane, type Lane } from './lane.ts'
import type { Signals } from './signals.ts'

export type { HandlerContext } from './consumer.ts'
export type { ParkedEvent } from '../storage/event-stores.ts'

/** Handles one event. When it resolves, the event is done; when it throws, it is handed over again. */
export type EventHandler<Pattern extends EventPattern> = (
  event: EventFor<Pattern>,
  context: HandlerContext,
) => unknown

/** Who handles events, and from when on. */
export interface ConsumerOptions {
  /**
   * The name of a cursor in the database, default `default`. One process at a time runs a consumer, so
   * every process that names it must have the same handlers for it.
   */
  consumer?: string | undefined
  /** Where it begins if it has never run: `now` by default, or with the oldest event that is kept. */
  startAt?: StartAt | undefined
}

/** Subscribes a handler to events; answers what ends the subscription. */
export type On = <Pattern extends EventPattern>(
  pattern: Pattern,
  handler: EventHandler<Pattern>,
  options?: ConsumerOptions,
) => () => void

/** What became of events that handlers could not handle. */
export interface ParkedEvents {
  /** Events that were passed by after `events.maxAttempts` tries, oldest first; a hundred at most. */
  list(consumer?: string): Promise<ParkedEvent[]>
  /** Hands them over once more, one or all of a consumer; answers how many. */
  retry(which: { consumer: string; eventId?: string | undefined }): Promise<number>
}

/** The consumers of one process. */
export interface Consumers {
  on: On
  parked: ParkedEvents
  /** Gives every consumer its place in the database. */
  begin(): Promise<void>
  start(): void
  stop(): Promise<void>
  run(): Promise<number>
}

interface Consumer {
  lane: Lane
  cursor: string
  startAt: StartAt
  subscriptions: Set<Subscription>
  /** Its cursor is in the database. */
  isPlaced: boolean
}

const nameShape = /^[a-z0-9][a-z0-9._-]{0,63}$/

/** The consumers of one app; none of them costs anything until somebody subscribes. */
export function createConsumers(parts: {
  settings: Settings
  store: Store
  signals: Signals
  clock: Clock
  random: () => number
  holder: string
  logger: Logger
}): Consumers {
  const { store, clock, logger } = parts
  const consumers = new Map<string, Consumer>()
  let isBegun = false
  let isStarted = false
  let beginning: Promise<unknown> = Promise.resolve()

  async function begin(consumer: Consumer): Promise<void> {
    if (consumer.isPlaced) return
    const { cursor: name, startAt } = consumer
    await beginFeed(store, { name, startAt, at: clock.now(), logger })
    consumer.isPlaced = true
  }

  function open(name: string, startAt: StartAt) {
    const known = consumers.get(name)
    if (known) return known
    const subscriptions = new Set<Subscription>()
    const cursor = `events:${name}`
    const { work } = createConsumer({ ...parts, name, cursor, subscriptions })
    const lane = createLane({
      ...parts,
      name: cursor,
      work: async (signal) => {
        if (subscriptions.size === 0) return { did: 0 }
        // Where that failed before; the database may have come back.
        await begin(consumer)
        return work(signal)
      },
    })
    const consumer: Consumer = { lane, cursor, startAt, subscriptions, isPlaced: false }
    consumers.set(name, consumer)
    // Subscribed while it runs: from here on. It is tried again by the lane.
    if (isBegun) beginning = begin(consumer).catch(() => undefined)
    if (isStarted) lane.start()
    return consumer
  }

  return {
    on(pattern, handler, { consumer: name = 'default', startAt = 'now' } = {}) {
      if (!nameShape.test(name))
        throw new TypeError(`a consumer is named like "billing", not "${name}"`)
      const { subscriptions } = open(name, startAt)
      // A subscription is asked only for what its pattern matches.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      const handle = handler as (event: HostEvent, context: HandlerContext) => unknown
      const subscription = { pattern, handle }
      subscriptions.add(subscription)
      return () => {
        subscriptions.delete(subscription)
      }
    },
    parked: {
      list: (consumer) => store.parkedEvents.list(consumer, 100),
      retry: ({ consumer, eventId }) =>
        store.parkedEvents.retry({ consumer, eventId, at: clock.now() }),
    },
    async begin() {
      isBegun = true
      for (const consumer of consumers.values()) await begin(consumer)
    },
    start() {
      isStarted = true
      for (const { lane } of consumers.values()) lane.start()
    },
    async stop() {
      isStarted = false
      await beginning
      await Promise.all([...consumers.values()].map(({ lane }) => lane.stop()))
    },
    async run() {
      let did = 0
      for (const { lane } of consumers.values()) did += await lane.run()
      return did
    },
  }
}
