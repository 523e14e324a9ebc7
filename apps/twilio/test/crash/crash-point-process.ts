import { once } from 'node:events'
import { flushCompileCache } from 'node:module'
import { createTwilioApp } from '../../src/app.ts'
import { systemClock } from '../../src/clock.ts'
import { readSettings, type TwilioConfig } from '../../src/config.ts'
import { createTwilioProvider } from '../../src/provider/twilio.ts'
import { openPostgres } from '../../src/storage/engines/postgres.ts'
import { openSqlite } from '../../src/storage/engines/sqlite.ts'
import type { Place } from './actor-process.ts'
import { type Step, watchedProvider, watchedStore, watchWire } from './crash-points.ts'

// A worker that kills itself when it comes to a step for the n-th time. It loads everything and then
// waits for a line on stdin that says which one: many of them can be ready.

/** What it is told on stdin. */
export interface Fate {
  config: Omit<TwilioConfig, 'authorize'>
  place: Place
  step: Step
  nth: number
}

flushCompileCache()
const [line] = (await once(process.stdin, 'data')) as [Buffer]
// Whoever started us is gone.
process.stdin.on('end', () => process.exit(1))
const { config, place, step, nth } = JSON.parse(String(line)) as Fate

let times = 0
function reached(one: Step): void {
  if (one === step && ++times === nth) process.kill(process.pid, 'SIGKILL')
}

watchWire(reached)
const store =
  place.kind === 'sqlite'
    ? openSqlite(place.file)
    : openPostgres(place, { connectTimeoutMs: 10_000 })
const provider = createTwilioProvider(readSettings(config), systemClock)
const app = createTwilioApp(config, {
  store: watchedStore(store, reached),
  provider: watchedProvider(provider, reached),
})
await app.start()
