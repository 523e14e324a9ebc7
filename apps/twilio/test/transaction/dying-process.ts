import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import { createTwilioApp } from '../../src/app.ts'
import type { HostTransaction } from '../../src/index.ts'

// A host that is killed between its send and its commit, or right after the commit:
//   dying-process.ts FILE|JSON open|committed
// Says what it has done and then stands still.

const [place = '', how] = process.argv.slice(2)
const database = place.startsWith('{')
  ? (JSON.parse(place) as { url: string; schema: string })
  : `file:${place}`
const app = createTwilioApp({
  twilio: {
    accountSid: `AC${'0'.repeat(32)}`,
    authToken: '0'.repeat(32),
    defaultFrom: '+15005550006',
  },
  publicUrl: 'https://sms.example.test',
  database,
  worker: 'manual',
})
await app.migrate()
const { transaction, run } = await connect()
await run('begin')
const sent = await app.messages.send(
  { toPhone: '+14155552671', message: how ?? '' },
  { transaction },
)
if (how === 'committed') await run('commit')
writeSync(1, `${sent.kind}\n`)
await once(process.stdin, 'end')

async function connect(): Promise<{
  transaction: HostTransaction
  run: (text: string) => Promise<unknown>
}> {
  if (typeof database === 'string') {
    const file = new DatabaseSync(place, { timeout: 5_000 })
    return { transaction: file, run: async (text) => file.exec(text) }
  }
  const client = new Client({ connectionString: database.url })
  await client.connect()
  return { transaction: client, run: (text) => client.query(text) }
}
