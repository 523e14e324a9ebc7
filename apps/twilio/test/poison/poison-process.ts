import { once } from 'node:events'
import { appendFileSync, existsSync, readFileSync, writeSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { setTimeout as delay } from 'node:timers/promises'
import { createTwilioApp } from '../../src/app.ts'
import { acceptedReport, createStubProvider } from '../stub-provider.ts'

// A worker of its own process whose carrier kills it: poison-process.ts FILE. It loads everything and
// waits for a line on stdin, so that the next one is ready when the last one dies. Then it says `sent
// TEXT` for each text that the carrier takes, and dies, hangs or throws on some.

const [file = ''] = process.argv.slice(2)
// A killed process leaves no cache behind, unless it has written it before.
flushCompileCache()
await once(process.stdin, 'data')
// The carrier's memory: it outlives the process.
const taken = `${file}.taken`
const provider = createStubProvider(
  async ({ body, toPhone }) => {
    // As a bug of the engine or of a native module would end it: at once.
    if (body.includes('crash')) process.kill(process.pid, 'SIGKILL')
    if (body.includes('hang')) await new Promise(() => {})
    if (body.includes('throw')) throw new TypeError('a bug')
    // Others are under way when one kills the worker.
    await delay(20)
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
