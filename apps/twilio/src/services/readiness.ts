import type { Settings } from '../config.ts'
import type { Clock, Instant } from '../domain/time.ts'
import { stateOf } from '../domain/worker.ts'
import type { Store } from '../storage/store.ts'
import type { Flow } from './flow.ts'

/** Whether the app can do its work, part by part. */
export interface Readiness {
  ready: boolean
  checks: Record<'started' | 'database' | 'queue' | 'carrier', boolean> & {
    /** Only where the worker is `elsewhere`: whether there is one. */
    workers?: boolean
  }
}

/** A queue whose oldest due message waits longer than this is not being worked on. */
const oldestDueMs = 300_000
/** As long as others are restarted, say. */
const withoutWorkersMs = 60_000
/** A database that takes longer than this is as good as away; whoever asks does not wait for ever. */
const patienceMs = 3_000

/** Readiness of one app. `started` is called once the database is up to date. */
export function createReadiness(parts: {
  settings: Settings
  store: Store
  flow: Pick<Flow, 'isOpen'>
  clock: Clock
}): {
  readiness: () => Promise<Readiness>
  started: () => void
} {
  const { settings, store, flow, clock } = parts
  const needsOthers = settings.worker === 'elsewhere'
  let started = false
  let lastWorkerAt: Instant = clock.now()
  let looking: Promise<Readiness['checks']> | undefined

  /** Nothing but what is certain without the database. */
  function unknown(): Readiness['checks'] {
    const carrier = !flow.isOpen()
    return {
      started,
      database: false,
      queue: false,
      carrier,
      ...(needsOthers && { workers: false }),
    }
  }

  async function isQueueMoving(): Promise<boolean> {
    const earliest = await store.messages.nextDue()
    return earliest === undefined || clock.now() - earliest <= oldestDueMs
  }

  async function areOthersThere(): Promise<boolean> {
    const now = clock.now()
    const workers = await store.workers.list()
    if (workers.some((worker) => stateOf(worker, now) === 'alive')) lastWorkerAt = now
    return now - lastWorkerAt <= withoutWorkersMs
  }

  async function look(): Promise<Readiness['checks']> {
    const checks = unknown()
    try {
      await store.ping()
      checks.database = true
      checks.queue = started && (await isQueueMoving())
      if (needsOthers) checks.workers = started && (await areOthersThere())
    } catch {
      // What could not be asked stays false; the reason is in the log of whoever needed it.
    }
    return checks
  }

  return {
    async readiness() {
      const { promise: tooLong, resolve } = Promise.withResolvers<Readiness['checks']>()
      const cancel = clock.after(patienceMs, () => resolve(unknown()))
      // Shared: a database that does not answer must not be asked more the longer it is away.
      looking ??= look().finally(() => (looking = undefined))
      const checks = await Promise.race([looking, tooLong])
      cancel()
      return { ready: Object.values(checks).every(Boolean), checks }
    },
    started() {
      started = true
    },
  }
}
