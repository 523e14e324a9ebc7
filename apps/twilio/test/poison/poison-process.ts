import { appendFileSync, existsSync, readFileSync, writeSync } from 'node:fs'
import { createTwilioApp } from '../../src/app.ts'
import { acceptedReport, createStubProvider } from '../stub-provider.ts'

// A worker of its own process whose carrier kills it: poison-process.ts FILE. It says `sent TEXT` for
// each text that the carrier takes, and dies, hangs or throws on some; its starter starts the next one.

const [file = ''] = process.argv.slice(2)
// The carrier's memory: it outlives the process.
const taken = `${file}.taken`
const provider = createStubProvider(
  async ({ body, toPhone }) => {
    // As a bug of the engine or of a native module would end it: at once.
    if (body.includes('crash')) process.kill(process.pid, 'SIGKILL')
    if (body.includes('hang')) await new Promise(() => {})
    if (body.includes('throw')) throw new TypeError('a bug')
    appendFileSync(taken, `${toPhone}\n`)
    writeSync(1, `sent ${body}\n`)
    return acceptedReport(toPhone)
  },
  (toPhone) => existsSync(taken) && readFileSync(taken, 'utf8').includes(`${toPhone}\n`),
)
const app = createTwilioApp(
  {
    twilio: {
      accountSid: `AC${'0'.repeat(32)}`,
      authToken: 'not-a-real-token',
      defaultFrom: '+15005550006',
      connectTimeoutMs: 200,
      responseTimeoutMs: 700,
    },
    publicUrl: 'https://example.com',
    database: `file:${file}`,
    // As short as the settings allow: a silent worker is noticed after one second.
    delivery: { leaseSeconds: 1, settleAfterSeconds: 0, idlePollMs: 50 },
  },
  { provider },
)
await app.start()
process.stdin.on('end', () => void app.stop())
process.stdin.resume()
