import { setTimeout as delay } from 'node:timers/promises'
import { StorageError } from '../errors.ts'
import { unreachable } from './postgres-failures.ts'

/** One statement as `pg` takes it. */
export interface PostgresQuery {
  text: string
  values?: unknown[]
  name?: string
  types?: { getTypeParser(oid: number): (text: string) => unknown }
  query_timeout?: number
}

/** What a statement answered. */
export interface PostgresResult {
  command: string
  rowCount: number | null
  rows: unknown[]
}

/** What we need of a client of `pg`. */
export interface PostgresClient {
  query(query: PostgresQuery): Promise<PostgresResult>
  release(destroy?: boolean): void
  on(
    event: 'error' | 'end' | 'notification',
    listener: (notification?: { payload?: string | undefined }) => void,
  ): unknown
  removeListener(event: 'error', listener: () => void): unknown
}

/** What we need of a pool of `pg`: any `Pool` of version 8 will do. */
export interface PostgresPool {
  connect(): Promise<PostgresClient>
}

/** Connections, as many as may be. */
export interface Connections {
  /** Rejects with `StorageError` when there is none to be had in time, or within `patienceMs`. */
  acquire(patienceMs?: number): Promise<PostgresClient>
  release(client: PostgresClient, isLost: boolean): void
  /** One besides, for listening. */
  acquireExtra(): Promise<PostgresClient>
  close(): Promise<void>
}

/** Where connections come from. `end` is for a pool that is ours. */
export interface ConnectionSource {
  place: string
  /** Called when the first connection is needed. */
  open(): Promise<{ pool: PostgresPool; end(): Promise<void> }>
  /** Beyond this many, callers wait for each other. */
  most: number
  waitTimeoutMs: number
}

/** Somebody who waits for a connection. */
interface Turn extends PromiseWithResolvers<void> {
  isGiven: boolean
}

/**
 * Queues in front of a pool. The pool's own queue knows one time for "no connection is free" and "the
 * server does not answer"; here the first may take as long as a lock, while the second ends everybody's
 * wait at once.
 */
export function createConnections(source: ConnectionSource): Connections {
  const { place, most, waitTimeoutMs } = source
  const waiting = new Set<Turn>()
  let taken = 0
  let opening: ReturnType<ConnectionSource['open']> | undefined
  let closing: Promise<void> | undefined

  async function connect(): Promise<PostgresClient> {
    if (closing) throw new StorageError(`${place}: is closed`)
    try {
      opening ??= source.open()
      const { pool } = await opening
      return await pool.connect()
    } catch (error) {
      throw unreachable(error, place)
    }
  }

  async function enter(waitMs: number): Promise<void> {
    if (taken < most) {
      taken++
      return
    }
    const turn: Turn = { ...Promise.withResolvers<void>(), isGiven: false }
    waiting.add(turn)
    const stop = new AbortController()
    const tooLate = async () => {
      await delay(waitMs, undefined, { signal: stop.signal })
      throw new StorageError(`${place}: no connection was free for ${waitMs} ms`)
    }
    try {
      await Promise.race([turn.promise, tooLate()])
    } catch (error) {
      // Its turn may have come in the moment in which it gave up.
      if (turn.isGiven) leave()
      throw error
    } finally {
      waiting.delete(turn)
      stop.abort()
    }
  }

  function leave(): void {
    const [next] = waiting
    if (next === undefined) {
      taken--
      return
    }
    waiting.delete(next)
    next.isGiven = true
    next.resolve()
  }

  async function acquire(patienceMs = waitTimeoutMs): Promise<PostgresClient> {
    if (closing) throw new StorageError(`${place}: is closed`)
    await enter(Math.min(patienceMs, waitTimeoutMs))
    try {
      return await connect()
    } catch (error) {
      // Whoever waits would only learn the same, one after another.
      for (const turn of waiting) turn.reject(error)
      waiting.clear()
      leave()
      throw error
    }
  }

  function release(client: PostgresClient, isLost: boolean): void {
    client.release(isLost)
    leave()
  }

  return {
    async acquire(patienceMs) {
      if (patienceMs === undefined) return acquire()
      const coming = acquire(patienceMs)
      const { promise: tooLate, reject } = Promise.withResolvers<never>()
      const timer = setTimeout(() => {
        // It comes when nobody waits for it any more.
        coming.then(
          (client) => release(client, false),
          () => undefined,
        )
        reject(new StorageError(`${place}: no connection within ${patienceMs} ms`))
      }, patienceMs)
      try {
        return await Promise.race([coming, tooLate])
      } finally {
        clearTimeout(timer)
      }
    },
    release,
    acquireExtra: connect,
    close() {
      closing ??= (async () => {
        const opened = await opening?.catch(() => undefined)
        await opened?.end()
      })()
      return closing
    },
  }
}
