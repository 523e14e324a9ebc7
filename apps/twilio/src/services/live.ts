import type { MessageStatus } from '../domain/message.ts'
import { type Clock, type Instant, noTimer } from '../domain/time.ts'
import type { VerificationEventStore } from '../storage/event-stores.ts'
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
/** Of more than this at once only the newest are told. */
const most = 200

/** One look at the newest events, whoever watches; none while nobody does. */
export function createLive(parts: {
  store: {
    events: Pick<EventStore, 'listAfter' | 'newestId'>
    verificationEvents: Pick<VerificationEventStore, 'newestId'>
  }
  signals: Pick<Signals, 'onAnyChange'>
  clock: Clock
}): Live {
  const { store, signals, clock } = parts
  const watchers = new Set<Watcher>()
  let last: number | undefined
  let lastVerification = 0
  let looking: Promise<void> | undefined
  let cancelTimer = noTimer
  let dueAt = Infinity
  let deafen = noTimer

  async function look(): Promise<void> {
    const [newest, newestVerification] = await Promise.all([
      store.events.newestId(),
      store.verificationEvents.newestId(),
    ])
    const isProving = last !== undefined && newestVerification > lastVerification
    lastVerification = newestVerification
    if (last === undefined || newest <= last) {
      last = newest
      if (isProving) tell([])
      return
    }
    const events = await store.events.listAfter(Math.max(last, newest - most), most)
    last = events.at(-1)?.id ?? newest
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
    last = undefined
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
