import { writeSync } from 'node:fs'
import { openSqlite } from '../../src/storage/engines/sqlite.ts'
import { sampleEvent, sampleMessage } from './samples.ts'

// A process of its own over one database file, for tests that start several or kill one:
//   store-process.ts migrate FILE          says which migrations it applied
//   store-process.ts insert FILE NAME [N]  inserts groups for ever or N times; says each id once it is committed

const [task, file = '', name = '', times = 'Infinity'] = process.argv.slice(2)
const store = openSqlite(file)
const { applied } = await store.migrate()
// Not console: what is written is out, even if the next instruction is never reached.
if (task === 'migrate') writeSync(1, `${JSON.stringify(applied)}\n`)
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
