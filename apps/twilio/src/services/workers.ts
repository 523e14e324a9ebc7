import type { Clock, Instant } from '../domain/time.ts'
import { stateOf, type WorkerState } from '../domain/worker.ts'
import type { WorkerStore } from '../storage/store.ts'

/** A process that delivers messages, as its last sign of life left it. */
export interface WorkerStatus {
  id: string
  /** The name of its machine. */
  host: string
  pid: number
  /** `silent` when it has not been heard of for 15 seconds: it was killed, or cannot reach the database. */
  state: WorkerState
  /** Calls to the carrier at its last sign of life. */
  inFlight: number
  startedAt: Instant
  beatAt: Instant
}

/** The processes that deliver messages from this database. */
export interface Workers {
  /** Oldest first. One that stopped in good order is not listed; one that died is, for a day. */
  list(): Promise<WorkerStatus[]>
}

/** The workers of one database. */
export function createWorkers(store: Pick<WorkerStore, 'list'>, clock: Clock): Workers {
  return {
    async list() {
      const now = clock.now()
      const records = await store.list()
      return records.map((record) => ({ ...record, state: stateOf(record, now) }))
    },
  }
}
