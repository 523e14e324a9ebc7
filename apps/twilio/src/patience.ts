import type { Logger } from './domain/log.ts'
import type { Clock } from './domain/time.ts'

/** Waiting for something that may come back by itself. */
export interface Patience {
  /** Waits a little longer each time. False when the wait was ended from outside. */
  wait(reason: unknown): Promise<boolean>
}

const firstMs = 1_000
const mostMs = 30_000
const tellEveryMs = 60_000

/** Patience with a database: 1 s at first, doubling to 30 s, with one line in the log a minute. */
export function createPatience(parts: {
  clock: Clock
  /** In [0, 1). */
  random: () => number
  logger: Logger
  signal: AbortSignal | undefined
}): Patience {
  const { clock, random, logger, signal } = parts
  let waits = 0
  let toldAt = -Infinity

  return {
    async wait(reason) {
      if (clock.monotonic() - toldAt >= tellEveryMs) {
        toldAt = clock.monotonic()
        logger.warn(
          { event: 'database-away', error: String(reason) },
          'the database is away: waiting for it',
        )
      }
      // Between half of it and all: processes that were started together do not ask together.
      const delayMs = Math.min(mostMs, firstMs * 2 ** waits++) * (0.5 + random() / 2)
      await new Promise<void>((resolve) => {
        if (signal?.aborted) return resolve()
        const cancel = clock.after(delayMs, resolve)
        signal?.addEventListener('abort', () => (cancel(), resolve()), { once: true })
      })
      return signal?.aborted !== true
    },
  }
}
