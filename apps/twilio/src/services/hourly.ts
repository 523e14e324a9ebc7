import { countEvent, countVerification, hourOf, merged } from '../domain/hourly.ts'
import type { Clock, Instant } from '../domain/time.ts'
import type { Store } from '../storage/store.ts'
import { beginning, readPosition } from './feed-reader.ts'

/** Counting by hour what happened, for whoever looks at many messages at once. */
export interface Hourly {
  /** Counts a bounded number of events that were not counted before; answers how many. */
  count(): Promise<number>
}

const cursor = 'hourly'
const batch = 500
/** So many in one go: who comes late to a full table catches up with some thousands a second. */
const batches = 10
const keepMs = 400 * 86_400_000

/** The counters of one database. They move together with the cursor: each event counts once. */
export function createHourly(parts: { store: Store; clock: Clock }): Hourly {
  const { store, clock } = parts
  let sweptHour: Instant | undefined

  async function countBatch(): Promise<number> {
    const now = clock.now()
    const from = await store.cursors.read(cursor)
    if (from === undefined) await store.cursors.begin(cursor, JSON.stringify(beginning), now)
    const place = (from === undefined ? undefined : readPosition(from)) ?? beginning
    const messages = await store.hourly.messages(place.messages, batch)
    const verifications = await store.hourly.verifications(place.verifications, batch)
    const read = messages.length + verifications.length
    if (read === 0) return 0
    const counts = merged([
      ...messages.flatMap(({ counted }) => (counted ? countEvent(counted) : [])),
      ...verifications.flatMap(({ counted }) => (counted ? countVerification(counted) : [])),
    ])
    const to = JSON.stringify({
      messages: messages.at(-1)?.place ?? place.messages,
      verifications: verifications.at(-1)?.place ?? place.verifications,
    })
    const step = { from: from ?? JSON.stringify(beginning), to, at: now }
    return store.transaction(async (tables) => {
      // Somebody else has counted them.
      if (!(await tables.cursors.move(cursor, step))) return 0
      await tables.hourly.add(counts)
      return read
    })
  }

  return {
    async count() {
      const hour = hourOf(clock.now())
      if (sweptHour !== hour) await store.hourly.sweep(hour - keepMs)
      sweptHour = hour
      let done = 0
      for (let i = 0; i < batches; i++) {
        const read = await countBatch()
        done += read
        if (read < batch) break
      }
      return done
    },
  }
}
