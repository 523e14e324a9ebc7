import { writeSync } from 'node:fs'
import { createTwilioApp } from '../../src/app.ts'
import type { TwilioConfig } from '../../src/config.ts'

// A process with one consumer, for tests that start several or kill one: consumer-process.ts DATABASE MS [ID]
// Says `ready`, then a JSON line when a handler begins and one when it ends, MS later; for the message
// ID it never does. It stops in good order when its stdin ends.

const [database = '', handlerMs = '0', stuckAt] = process.argv.slice(2)

function say(line: object | string): void {
  // Not console: what is written is out, even if the next instruction is never reached.
  writeSync(1, `${typeof line === 'string' ? line : JSON.stringify(line)}\n`)
}

const app = createTwilioApp({
  twilio: {
    accountSid: `AC${'0'.repeat(32)}`,
    authToken: '0'.repeat(32),
    defaultFrom: '+15005550006',
    connectTimeoutMs: 100,
    responseTimeoutMs: 100,
  },
  publicUrl: 'https://sms.example.test',
  // A turn is a share of this, so that somebody else takes over soon.
  delivery: { leaseSeconds: 2, idlePollMs: 25 },
  database: database.startsWith('{')
    ? (JSON.parse(database) as TwilioConfig['database'])
    : database,
})
// The same on every machine: a clock that all processes share.
const now = () => Number(process.hrtime.bigint() / 1_000n)
app.on(
  'message.*',
  async ({ data: { messageId: id } }) => {
    say({ id, kind: 'begun', at: now() })
    if (id === stuckAt) await new Promise(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, Number(handlerMs)))
    say({ id, kind: 'ended', at: now() })
  },
  { consumer: 'ledger', startAt: 'beginning' },
)
await app.start()
say('ready')
process.stdin.once('end', () => void app.stop())
process.stdin.resume()
