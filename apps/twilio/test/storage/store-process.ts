import { once } from 'node:events'
import { writeSync } from 'node:fs'
import type { Store } from '../../src/storage/store.ts'
import { openPlace } from './place.ts'
import { idsOf, sampleEvent, sampleMessage, start } from './samples.ts'

// A process of its own over one database, for tests that start several or kill one:
//   store-process.ts migrate PLACE          says which migrations it applied
//   store-process.ts insert PLACE NAME [N]  inserts groups for ever or N times; says each id once it is committed
//   store-process.ts claim PLACE            says when it is ready; from a line on stdin on claims until
//                                           nothing is left, and says the ids of each claim

const [task, place = '', name = '', times = 'Infinity'] = process.argv.slice(2)
const store = openPlace(place)
const { applied } = await store.migrate()
// Not console: what is written is out, even if the next instruction is never reached.
if (task === 'migrate') writeSync(1, `${JSON.stringify(applied)}\n`)
else if (task === 'claim') await claimAll(store)
else await insertGroups(Number(times))
await store.close()

async function insertGroups(count: number): Promise<void> {
  for (let group = 0; group < count; group++) {
    const messages = Array.from({ length: 16 }, (_, i) =>
      sampleMessage({ id: `${name}-${group}-${i}` }),
    )
    await store.transaction(async (tables) => {
      await tables.messages.insert(
        messages.map((message) => ({ message, idempotencyKey: message.id, requestHash: 'h' })),
      )
      await tables.events.append(messages.map(({ id }) => sampleEvent({ messageId: id })))
    })
    writeSync(1, messages.map(({ id }) => `${id}\n`).join(''))
  }
}

async function claimAll(from: Store): Promise<void> {
  await from.ping()
  writeSync(1, 'ready\n')
  await once(process.stdin, 'data')
  process.stdin.pause()
  const request = { now: start, leaseUntil: start + 30_000, limit: 7 }
  for (;;) {
    const claimed = await from.transaction((tables) => tables.messages.claimDue(request))
    if (claimed.length === 0) return
    writeSync(1, `${idsOf(claimed).join(' ')}\n`)
  }
}
