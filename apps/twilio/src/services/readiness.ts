import type { Settings } from '../config.ts'
import type { Clock } from '../domain/time.ts'
import type { Store } from '../storage/store.ts'

/** Whether the app can do its work, part by part. */
export interface Readiness {
  ready: boolean
  checks: Record<'started' | 'database' | 'queue', boolean>
}

/** A queue whose oldest due message waits longer than this is not being worked on. */
const oldestDueMs = 300_000

/** Readiness of one app. `started` is called once the database is up to date. */
export function createReadiness(parts: { settings: Settings; store: Store; clock: Clock }): {
  readiness: () => Promise<Readiness>
  started: () => void
} {
  const { store, clock } = parts
  let started = false

  async function isQueueMoving(): Promise<boolean> {
    const now = clock.now()
    const { oldestDueAt } = await store.messages.queueFacts(now)
    return oldestDueAt === undefined || now - oldestDueAt <= oldestDueMs
  }

  return {
    async readiness() {
      const checks = { started, database: false, queue: false }
      try {
        await store.ping()
        checks.database = true
        checks.queue = started && (await isQueueMoving())
      } catch {
        // What could not be asked stays false; the reason is in the log of whoever needed it.
      }
      return { ready: Object.values(checks).every(Boolean), checks }
    },
    started() {
      started = true
    },
  }
}
