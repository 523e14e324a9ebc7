import type { Settings } from '../config.ts'
import { eventOf } from '../domain/event.ts'
import type { Clock } from '../domain/time.ts'
import { stateOf } from '../domain/worker.ts'
import type { Store } from '../storage/store.ts'

/** How the first look at a restored database can end. Only `doubted` has changed anything. */
export type RestoreResult =
  /** So many messages may have been sent since the backup was made; they are asked about first. */
  | { kind: 'doubted'; messages: number }
  /** So many workers gave a sign of life within 15 s: they may be sending what this would doubt. */
  | { kind: 'workers-running'; workers: number }

const batch = 500

/**
 * Puts what a restored database says is unfinished in doubt, so that it is looked up at the carrier
 * before anybody sends it. Asked again it finds nothing more to do.
 */
export async function doubtRestored(parts: {
  settings: Settings
  store: Store
  clock: Clock
}): Promise<RestoreResult> {
  const { settings, store, clock } = parts
  const workers = await store.workers.list()
  const alive = workers.filter((worker) => stateOf(worker, clock.now()) === 'alive')
  if (alive.length > 0) return { kind: 'workers-running', workers: alive.length }

  let messages = 0
  let after = ''
  for (;;) {
    const doubted = await store.transaction(async (tables) => {
      const now = clock.now()
      // What was sent just before the database was lost may not stand in the carrier's list yet.
      const settleAt = now + settings.delivery.settleAfterSeconds * 1_000
      const rows = await tables.messages.doubtUnfinished({ now, settleAt, after, limit: batch })
      const step = {
        status: 'IN_DOUBT',
        source: 'admin',
        detail: 'restored from a backup: it may have been sent since that was made',
      } as const
      if (rows.length > 0) await tables.events.append(rows.map((row) => eventOf(row, step, now)))
      return rows
    })
    messages += doubted.length
    const last = doubted.at(-1)
    if (last === undefined) return { kind: 'doubted', messages }
    after = last.id
  }
}
