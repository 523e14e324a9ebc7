import { writeSync } from 'node:fs'
import { createTwilioApp } from '../src/app.ts'
import type { TwilioConfig } from '../src/config.ts'
import { acceptedReport, createStubProvider } from './stub-provider.ts'

// A worker of its own process: pace-process.ts CONFIG. It says `SENDER NANOSECONDS` as each call begins,
// by the clock that all processes of the machine share, and ends when nobody listens any more.

// What is handed over is typed where it is written.
const config = JSON.parse(process.argv[2] ?? '') as TwilioConfig
const provider = createStubProvider(async ({ fromPhone, toPhone }) => {
  writeSync(1, `${fromPhone} ${process.hrtime.bigint()}\n`)
  return acceptedReport(toPhone)
})
const app = createTwilioApp(config, { provider })
await app.start()
process.stdin.on('end', () => void app.stop())
process.stdin.resume()
