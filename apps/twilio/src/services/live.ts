import type { MessageStatus } from '../domain/message.ts'
import { type Clock, type Instant, noTimer } from '../domain/time.ts'
import type { EventPlace, VerificationEventStore } from '../storage/event-stores.ts'
import type { EventStore } from '../storage/store.ts'
import type { Signals } from './signals.ts'

/** What has just happened to a message, its newest status. */
export interface LiveChange {
  id: string
  status: MessageStatus
  at: Instant
}

/** Somebody who watches. */
export interface Watcher {
  /** Without any where something happened to a verification. */
  changed(changes: readonly LiveChange[]): void
  /** Nothing more will come. */
  ended(): void
}

/** What happens just now, in this process and in the others. */
export interface Live {
  /** Tells of changes until the returned function is called, at most five times a second. */
  watch(watcher: Watcher): () => void
  /** Ends what is being watched. */
  close(): void
}

/** Changes are gathered for so long. */
const gatherMs = 200
/** What other processes did is signalled by nobody. */
const lookAgainMs = 1_000
/** Of more than this at once the rest is not told: whoever watches reads anew anyway. */
const most = 200

/** One look at the newest events, whoever watches; none while nobody does. */
export function createLive(parts: {
  store: {
    events: Pick<EventStore, 'listAfter' | 'end'>
    verificationEvents: Pick<VerificationEventStore, 'newestId'>
  }
  signals: Pick<Signals, 'onAnyChange'>
  clock: Clock
}): Live {
  const { store, signals, clock } = parts
  const watchers = new Set<Watcher>()
  let place: EventPlace | undefined
  let lastVerification = 0
  let looking: Promise<void> | undefined
  let cancelTimer = noTimer
  let dueAt = Infinity
  let deafen = noTimer

  async function look(): Promise<void> {
    const newestVerification = await store.verificationEvents.newestId()
    const isProving = place !== undefined && newestVerification > lastVerification
    lastVerification = newestVerification
    // What is there already is no news.
    const { events, next } = place
      ? await store.events.listAfter(place, most)
      : { events: [], next: await store.events.end() }
    place = events.length === most ? await store.events.end() : next
    const byId = new Map<string, LiveChange>()
    for (const { messageId: id, status, createdAt: at, applied } of events) {
      if (id !== undefined && applied) byId.set(id, { id, status, at })
    }
    if (byId.size > 0 || isProving) tell([...byId.values()])
  }

  function tell(changes: readonly LiveChange[]): void {
    for (const watcher of watchers) watcher.changed(changes)
  }

  function schedule(delayMs: number): void {
    const at = clock.monotonic() + delayMs
    if (watchers.size === 0 || looking !== undefined || at >= dueAt) return
    cancelTimer()
    dueAt = at
    cancelTimer = clock.after(delayMs, () => {
      dueAt = Infinity
      // A database that is away is somebody else's to tell of; the next look may find it.
      looking = look()
        .catch(() => undefined)
        .finally(() => {
          looking = undefined
          schedule(lookAgainMs)
        })
    })
  }

  function rest(): void {
    cancelTimer()
    deafen()
    dueAt = Infinity
    place = undefined
  }

  return {
    watch(watcher) {
      watchers.add(watcher)
      if (watchers.size === 1) {
        deafen = signals.onAnyChange(() => schedule(gatherMs))
        schedule(0)
      }
      return () => {
        if (watchers.delete(watcher) && watchers.size === 0) rest()
      }
    },
    close() {
      const ended = [...watchers]
      watchers.clear()
      rest()
      for (const watcher of ended) watcher.ended()
    },
  }
}
