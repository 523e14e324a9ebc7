import { setTimeout as delay } from 'node:timers/promises'
import type { PostgresClient } from './postgres-pool.ts'

/** The channel that tells of new messages; what it carries is the store that stored them. */
export const wakeChannel = 'sms_wake'

/** Hearing of messages that other processes stored. */
export interface Wakes {
  onWake(listener: () => void): () => void
  close(): Promise<void>
}

/** How often a quiet connection is looked at: it may be gone without a word. */
const lookMs = 10_000
const againMs = 1_000

/**
 * One connection that listens while anybody wants to hear, and is made anew when it breaks. `self` is
 * what our own signals carry: this process knows of its own messages already.
 */
export function createWakes({
  acquire,
  self,
}: {
  acquire: () => Promise<PostgresClient>
  self: string
}): Wakes {
  const listeners = new Set<() => void>()
  const stop = new AbortController()
  let running: Promise<void> | undefined

  function wakeAll(): void {
    for (const listener of listeners) listener()
  }

  /** Until the connection breaks or everything stops. */
  async function listenOnce(): Promise<void> {
    const client = await acquire()
    const { promise: ended, resolve: end } = Promise.withResolvers<void>()
    try {
      client.on('error', () => end())
      client.on('end', () => end())
      client.on('notification', (notification) => {
        if (notification?.payload !== self) wakeAll()
      })
      stop.signal.addEventListener('abort', () => end(), { once: true })
      await client.query({ text: `listen ${wakeChannel}`, query_timeout: lookMs / 2 })
      // What was stored while nobody listened.
      wakeAll()
      while (!stop.signal.aborted && (await isQuiet(ended))) {
        await client.query({ text: 'select 1', query_timeout: lookMs / 2 })
      }
    } finally {
      // A pool must not hand on a connection that listens.
      client.release(true)
    }
  }

  async function listen(): Promise<void> {
    while (!stop.signal.aborted) {
      // Deaf for a while is no harm: the worker looks by itself.
      await listenOnce().catch(() => undefined)
      await delay(againMs, undefined, { signal: stop.signal }).catch(() => undefined)
    }
  }

  return {
    onWake(listener) {
      listeners.add(listener)
      if (!stop.signal.aborted) running ??= listen()
      return () => listeners.delete(listener)
    },
    async close() {
      stop.abort()
      await running
    },
  }
}

/** True after a while in which the connection did not end. */
async function isQuiet(ended: Promise<void>): Promise<boolean> {
  const over = new AbortController()
  const quiet = delay(lookMs, true, { signal: over.signal })
  try {
    return await Promise.race([quiet, ended.then(() => false)])
  } finally {
    over.abort()
    await quiet.catch(() => undefined)
  }
}
