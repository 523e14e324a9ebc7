import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { createServer } from 'node:http'
import { flushCompileCache } from 'node:module'
import { createTwilioApp } from '../../src/app.ts'
import { systemClock } from '../../src/clock.ts'
import { readSettings, type TwilioConfig } from '../../src/config.ts'
import { apiScopes } from '../../src/domain/access.ts'
import type { Provider, SendOutcome } from '../../src/provider/provider.ts'
import { createTwilioProvider } from '../../src/provider/twilio.ts'
import { openPostgres } from '../../src/storage/engines/postgres.ts'
import { openSqlite } from '../../src/storage/engines/sqlite.ts'
import type { Store } from '../../src/storage/store.ts'
import { type Deed, monotonicNow } from './history.ts'
import { type Mutant, spoil } from './mutants.ts'
import { stoppingStore } from './stopping-store.ts'

// An API, a worker or both, for runs that kill it: actor-process.ts OPTIONS. It loads everything and
// then waits for a line on stdin, so that the next one is ready when the last one dies. On stdout it
// writes its part of the history.

/** Where a run keeps its messages. */
export type Place =
  | { kind: 'sqlite'; file: string }
  | { kind: 'postgres'; url: string; schema: string }

/** What the one who starts this process has to say. */
export interface ActorOptions {
  config: TwilioConfig
  place: Place
  /** Where the API listens; a process without one is a worker only. */
  port?: number | undefined
  /** A mistake that the run has to find. */
  mutant?: Mutant | undefined
  /** Stops itself once, at the worst moment. */
  standsStill?: boolean | undefined
  /** Asks a PostgreSQL for its time, as an app does that is given no clock. */
  followsDatabase?: boolean | undefined
}

// What is handed over is typed where it is written.
const options = JSON.parse(process.argv[2] ?? '') as ActorOptions
const { config, place, port, mutant, standsStill, followsDatabase } = options
// A killed process leaves no cache behind, unless it has written it before.
flushCompileCache()
await once(process.stdin, 'data')
// Whoever started us is gone.
process.stdin.on('end', () => process.exit(1))

/** Written at once, also where the next instruction is never reached: a pipe outlives its writer. */
function say(deed: Deed): void {
  writeSync(1, `${JSON.stringify({ ...deed, at: monotonicNow() })}\n`)
}

const endings = {
  accepted: 'ok',
  refused: 'fail',
  busy: 'fail',
  'not-sent': 'fail',
  unknown: 'unknown',
} as const satisfies Record<SendOutcome['kind'], string>

/** The provider with its calls in the history. */
function observed(provider: Provider): Provider {
  return {
    ...provider,
    async send(request) {
      const call = { kind: 'call', id: request.messageId, attempt: request.attempt } as const
      say({ ...call, event: 'invoke' })
      const outcome = await provider.send(request)
      say({ ...call, event: endings[outcome.kind] })
      return outcome
    },
  }
}

function openStore(): Store {
  return place.kind === 'sqlite'
    ? openSqlite(place.file)
    : openPostgres(place, { connectTimeoutMs: 10_000 })
}

const store = openStore()
const world = spoil(mutant, {
  clock: systemClock,
  store: standsStill === true ? stoppingStore(store, say) : store,
  provider: observed(createTwilioProvider(readSettings(config), systemClock)),
})
const authorize = () => ({ id: 'a caller', scopes: apiScopes })
// In most runs they share the machine's clock, which is exact: without a rest before the look-up half a
// second between two clocks would be seen.
const databaseClock = followsDatabase === true ? store.now : undefined
const app = createTwilioApp({ ...config, authorize }, { ...world, databaseClock })
await app.start()
if (port !== undefined) {
  const server = createServer(app.node).listen(port, '127.0.0.1')
  await once(server, 'listening')
}
say({ kind: 'life', event: 'ready' })
