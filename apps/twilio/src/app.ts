import { randomBytes as systemRandomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { pid } from 'node:process'
import { createCare } from './care.ts'
import { systemClock } from './clock.ts'
import { readSettings, type Settings, type TwilioConfig } from './config.ts'
import { createIds } from './domain/id.ts'
import { fillCode } from './domain/locales.ts'
import { silentLogger } from './domain/log.ts'
import type { Message } from './domain/message.ts'
import { createRandomPool, type RandomBytes } from './domain/random.ts'
import type { Clock, Instant } from './domain/time.ts'
import { createFetchHandler, type FetchHandler } from './hosts/fetch.ts'
import { createNodeHandler, type NodeHandler } from './hosts/node.ts'
import type { Provider } from './provider/provider.ts'
import { createTwilioProvider } from './provider/twilio.ts'
import { createPump } from './pump.ts'
import { createHandler } from './routes/handle.ts'
import { createAuthorize } from './routes/access.ts'
import { endpoints, probes } from './routes/index.ts'
import { createOpenApi } from './routes/openapi/document.ts'
import type { Handle } from './routes/plain.ts'
import { type ApiKeys, createApiKeys } from './services/api-keys.ts'
import { type AdminAccounts, createAdminAccounts } from './services/admin-accounts.ts'
import { createAdminSessions } from './services/admin-sessions.ts'
import { createBlocks } from './services/blocks.ts'
import { createCallbacks } from './services/callbacks.ts'
import { createCommits } from './services/commits.ts'
import { createDelivery } from './services/delivery.ts'
import { createDoubt } from './services/doubt.ts'
import { createExpiry } from './services/expiry.ts'
import { createFlow } from './services/flow.ts'
import { createMessages, type Messages } from './services/messages.ts'
import { createOptOuts, type OptOuts } from './services/opt-outs.ts'
import { createOutbox } from './services/outbox.ts'
import { createPace } from './services/pace.ts'
import { createPasswords } from './services/passwords.ts'
import { createPresence } from './services/presence.ts'
import { createReadiness, type Readiness } from './services/readiness.ts'
import { createReconciliation } from './services/reconciliation.ts'
import { createRetention } from './services/retention.ts'
import { createSignals } from './services/signals.ts'
import { createSteadyClock } from './services/steady-clock.ts'
import { createThrottles } from './services/throttles.ts'
import { createVerifications, type Verifications } from './services/verifications.ts'
import { createWorkers, type Workers } from './services/workers.ts'
import { openPostgres } from './storage/engines/postgres.ts'
import { openSqlite } from './storage/engines/sqlite.ts'
import { StorageError } from './storage/errors.ts'
import type { MigrationReport, Store } from './storage/store.ts'
import { createWorker } from './worker.ts'

/** SMS delivery and phone verification, ready to be mounted or called. */
export interface TwilioApp {
  /** For hosts that speak web-standard requests: Hono, Next.js, Bun, Deno. */
  fetch: FetchHandler
  /** For Express, Connect, NestJS and plain `node:http`; paths that are not ours go to `next`. */
  node: NodeHandler
  /**
   * Answers `/livez` and `/readyz` and nothing else, for processes that only work. It does not start
   * the app.
   */
  probes: NodeHandler
  messages: Messages
  verifications: Verifications
  optOuts: OptOuts
  apiKeys: ApiKeys
  /** Who may sign in to the admin pages of the standalone server. */
  admins: AdminAccounts
  workers: Workers
  /** Every setting in force; secrets print as `[secret]`. */
  settings: Settings
  /**
   * Brings the database up to date and starts the worker. The first request does it too. Rejects with
   * `StorageError` while the database is away, and may be called again.
   */
  start(): Promise<void>
  /** Finishes calls in flight within `delivery.graceSeconds`, gives unbegun work back, closes everything. */
  stop(): Promise<void>
  /** Does everything that is due now: for tests, cron jobs and hosts without long-lived processes. */
  runDue(): Promise<void>
  /** Applies the migrations that are missing. */
  migrate(): Promise<MigrationReport>
  migrationStatus(): Promise<MigrationReport>
  readiness(): Promise<Readiness>
}

/** What tests may replace: the world outside the app. */
export interface World {
  /** Also in place of the clock of a PostgreSQL, which is else followed. */
  clock?: Clock | undefined
  /** In place of the clock of a PostgreSQL. */
  databaseClock?: (() => Promise<Instant>) | undefined
  randomBytes?: RandomBytes | undefined
  store?: Store | undefined
  provider?: Provider | undefined
}

/**
 * Makes the app from its settings. Throws `TwilioSettingsError` naming every wrong setting, and
 * `StorageError` when the database file cannot be opened; a PostgreSQL is first asked when the app
 * starts.
 */
export function createTwilioApp(config: TwilioConfig, world: World = {}): TwilioApp {
  const settings = readSettings(config)
  const logger = settings.logger ?? silentLogger
  const randomBytes = world.randomBytes ?? createRandomPool(systemRandomBytes)
  const store = world.store ?? openStore(settings.database)
  const clock = createSteadyClock({
    clock: world.clock ?? systemClock,
    askDatabase: world.databaseClock ?? (world.clock ? undefined : store.now),
    logger,
  })
  const provider = world.provider ?? createTwilioProvider(settings, clock)

  const signals = createSignals()
  const newId = createIds(clock, randomBytes)
  const random = () => new DataView(randomBytes(4).slice().buffer).getUint32(0) / 2 ** 32
  const outbox = createOutbox({ clock, newId, signals })
  const commits = createCommits({ clock, signals })
  // With one writer at a time a counter holds nobody up whom the file does not hold up already.
  const blocks = store.manyWriters ? createBlocks({ clock, store }) : undefined
  const throttles = createThrottles({ clock, store: settings.throttles.store, logger, blocks })
  const shared = { settings, store, provider, outbox, throttles, signals, clock, logger }
  const messages = createMessages({
    ...shared,
    commits,
    countSegments: (text) => provider.countSegments(text),
  })
  const verifications = createVerifications({ ...shared, randomBytes, newId })
  const bodyOf = async (message: Message) =>
    message.verificationId === undefined ? message.message : verifications.bodyOf(message)
  const textOf = async (message: Message) =>
    message.verificationId === undefined ? message.message : verifications.textOf(message)
  const segmentsOf = (message: Message) =>
    provider.countSegments(
      message.verificationId === undefined
        ? message.message
        : fillCode(message.message, '0'.repeat(settings.verification.codeLength)),
    )
  const flow = createFlow({ ...shared, random, holder: newId() })
  const pace = createPace({ settings, clock, random, segmentsOf })
  const callbacks = createCallbacks(shared)
  const apiKeys = createApiKeys({ store: store.apiKeys, clock, randomBytes })
  const passwords = createPasswords(randomBytes)
  const admins = createAdminAccounts({ store, passwords, clock })
  const adminSessions = createAdminSessions({ store, passwords, throttles, clock, randomBytes })
  const expiry = createExpiry(store, signals, clock)
  const pump = createPump({
    ...shared,
    flow,
    pace,
    delivery: createDelivery({ ...shared, flow, pace, bodyOf, random }),
  })
  const machine = { host: hostname(), pid }
  const presence = createPresence({ ...shared, newId, machine, inFlight: () => pump.inFlight() })
  const worker = createWorker({
    ...shared,
    pump,
    presence,
    care: createCare({
      ...shared,
      doubt: createDoubt({ ...shared, flow, textOf }),
      expiry,
      presence,
      reconciliation: createReconciliation({ ...shared, flow }),
      retention: createRetention(shared),
      adminSessions,
    }),
  })
  const { readiness, started: markStarted } = createReadiness({ settings, store, flow, clock })

  let starting: Promise<void> | undefined
  let isStarted = false
  let deafen: (() => void) | undefined
  async function startOnce(): Promise<void> {
    try {
      await store.migrate()
    } catch (error) {
      // The next request tries again: the database may have come back by then.
      starting = undefined
      logger.error(
        { event: 'start-failed', error: String(error) },
        'the database could not be made ready',
      )
      throw error
    }
    await clock.follow()
    isStarted = true
    markStarted()
    if (settings.worker !== 'background') return
    worker.start()
    deafen = store.onWake?.(() => signals.wake())
  }
  const start = () => (starting ??= startOnce())

  const handlerParts = {
    settings,
    tools: {
      settings,
      messages,
      callbacks,
      verifications,
      readiness,
      openApi: createOpenApi(endpoints, settings),
    },
    authorize: createAuthorize({ settings, apiKeys }),
    isOutage: (error: unknown) => error instanceof StorageError,
    logger,
    randomBytes,
  }
  const handleStarted = createHandler({ ...handlerParts, endpoints: Object.values(endpoints) })
  const handleProbe = createHandler({ ...handlerParts, endpoints: Object.values(probes) })
  const handle: Handle = async (request) => {
    // A start that failed shows in the answers: 503 from what needs the database, 200 from /livez.
    if (!isStarted) await start().catch(() => undefined)
    return handleStarted(request)
  }

  return {
    fetch: createFetchHandler(handle),
    node: createNodeHandler(handle),
    probes: createNodeHandler(handleProbe),
    messages,
    verifications,
    optOuts: createOptOuts(store, clock),
    apiKeys,
    admins,
    workers: createWorkers(store.workers, clock),
    settings,
    start,
    async stop() {
      await starting?.catch(() => undefined)
      deafen?.()
      await worker.stop()
      await provider.close()
      commits.close()
      await throttles.close()
      await store.close()
    },
    async runDue() {
      await start()
      await worker.runDue()
    },
    migrate: () => store.migrate(),
    migrationStatus: () => store.migrationStatus(),
    readiness,
  }
}

function openStore(database: Settings['database']): Store {
  if (typeof database === 'string') return openSqlite(database.replace(/^file:/, ''))
  if ('pool' in database) return openPostgres(database)
  return openPostgres({ url: database.url.reveal(), schema: database.schema })
}
