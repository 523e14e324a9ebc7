import type { Care } from './care.ts'
import type { Settings } from './config.ts'
import { type Clock, waitAtMost } from './domain/time.ts'
import type { Pump } from './pump.ts'
import type { Presence } from './services/presence.ts'

/** What takes messages from the database to the carrier and looks after them until they are final. */
export interface Worker {
  /** Runs until `stop`. */
  start(): void
  /** Claims nothing more, waits for the calls in flight (at most the grace time), gives the rest back. */
  stop(): Promise<void>
  /**
   * Does everything that is due now and returns: for tests, cron jobs and hosts without long-lived
   * processes. While another process has the turn to look after messages, it only delivers.
   */
  runDue(): Promise<void>
}

/** A worker of one process. */
export function createWorker(parts: {
  settings: Settings
  pump: Pump
  care: Care
  presence: Presence
  clock: Clock
}): Worker {
  const { settings, pump, care, presence, clock } = parts
  let running = false

  return {
    start() {
      if (running) return
      running = true
      presence.enter()
      care.start()
      pump.start()
    },
    async stop() {
      if (!running) return
      running = false
      const caring = care.stop()
      const calls = await pump.stop()
      const graceMs = settings.delivery.graceSeconds * 1_000
      await waitAtMost(clock, graceMs, Promise.all([...calls, caring]))
      await presence.leave()
    },
    async runDue() {
      try {
        let did: number
        do did = (await care.run()) + (await pump.runDue())
        while (did > 0)
      } finally {
        // Whoever calls this may not call again for long.
        if (!running) await presence.endTurn()
      }
    },
  }
}
