import { createInterface } from 'node:readline'
import { systemClock } from '../src/clock.ts'
import { silentLogger } from '../src/domain/log.ts'
import { createThrottles, type TakeResult } from '../src/services/throttles.ts'
import { StorageError } from '../src/storage/errors.ts'
import { openPlace } from './storage/place.ts'

// One of several processes that want the same ten places of each round. A line on stdin names the
// round; the answer is how many of twelve tries got a place.
// SQLite lets a waiter sleep ever longer, so whoever has the lock would get it again and again: asking
// in short turns makes the processes meet.
const store = openPlace(process.argv[2] ?? '', { busyTimeoutMs: 1 })
const throttles = createThrottles({ clock: systemClock, store: 'database', logger: silentLogger })
const rules = [{ limit: 10, windowSeconds: 3_600 }]

async function take(key: string): Promise<TakeResult> {
  const claims = [{ key, rules }]
  for (;;) {
    try {
      return await throttles.guard(
        (work) => store.transaction(work),
        { claims, whenDown: 'closed' },
        async (_, limits) => limits.take(claims),
      )
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
    }
  }
}

process.stdout.write('ready\n')
for await (const round of createInterface({ input: process.stdin })) {
  let got = 0
  for (let i = 0; i < 12; i++) if ((await take(round)).kind === 'allowed') got++
  process.stdout.write(`${got}\n`)
}
await store.close()
