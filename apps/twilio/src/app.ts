import { randomBytes as systemRandomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { pid } from 'node:process'
import { createAdmin } from './admin.ts'
import { isAlive } from './alive.ts'
import { createCare } from './care.ts'
import { systemClock } from './clock.ts'
import { readSettings, type TwilioConfig } from './config.ts'
import { createIds } from './domain/id.ts'
import { fillCode } from './domain/locales.ts'
import { silentLogger } from './domain/log.ts'
import type { Message } from './domain/message.ts'
import { createRandomPool } from './domain/random.ts'
import { createFastifyPlugin } from './hosts/fastify.ts'
import { createFetchHandler } from './hosts/fetch.ts'
import { createNodeHandler } from './hosts/node.ts'
import { createPoster } from './posting/poster.ts'
import { createTwilioProvider } from './provider/twilio.ts'
import { createPump } from './pump.ts'
import { basePathOf } from './routes/base-path.ts'
import { createHandler } from './routes/handle.ts'
import { createAuthorize } from './routes/access.ts'
import { endpoints, probes } from './routes/index.ts'
import { createOpenApi } from './routes/openapi/document.ts'
import type { Handle } from './routes/plain.ts'
import { createApiKeys } from './services/api-keys.ts'
import { createAdminAccounts } from './services/admin-accounts.ts'
import { createAdminSessions } from './services/admin-sessions.ts'
import { createBlocks } from './services/blocks.ts'
import { createAudit } from './services/audit.ts'
import { createCallbacks } from './services/callbacks.ts'
import { createCommits } from './services/commits.ts'
import { createDelivery } from './services/delivery.ts'
import { createDoubt } from './services/doubt.ts'
import { createExpiry } from './services/expiry.ts'
import { createFlow } from './services/flow.ts'
import { createHourly } from './services/hourly.ts'
import { createInbound } from './services/inbound.ts'
import { createMessages } from './services/messages.ts'
import { createOptOuts } from './services/opt-outs.ts'
import { createOutbox } from './services/outbox.ts'
import { createPace } from './services/pace.ts'
import { createPasswords } from './services/passwords.ts'
import { createPresence } from './services/presence.ts'
import { createQueue } from './services/queue.ts'
import { createReadiness } from './services/readiness.ts'
import { createReconciliation } from './services/reconciliation.ts'
import { createConsumers } from './services/events.ts'
import { doubtRestored } from './services/restore.ts'
import { createRefusedCallbacks } from './services/refused-callbacks.ts'
import { createRetention } from './services/retention.ts'
import { createSignals } from './services/signals.ts'
import { createSteadyClock } from './services/steady-clock.ts'
import { createThrottles } from './services/throttles.ts'
import { createVerificationExpiry } from './services/verification-events.ts'
import { createVerifications } from './services/verifications.ts'
import { createWebhooks } from './services/webhooks.ts'
import { createWorkers } from './services/workers.ts'
import { StorageError } from './storage/errors.ts'
import { openStore } from './storage/open-store.ts'
import { createWorker } from './worker.ts'
import type { TwilioApp, World } from './twilio-app.ts'

export type { TwilioApp, World } from './twilio-app.ts'

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
  const bodyOf = (message: Message) => verifications.bodyOf(message)
  const textOf = (message: Message) => verifications.textOf(message)
  const segmentsOf = (message: Message) =>
    provider.countSegments(
      message.verificationId === undefined
        ? message.message
        : fillCode(message.message, '0'.repeat(settings.verification.codeLength)),
    )
  const hasTurn = () => presence.isOnTurn()
  const flow = createFlow({ ...shared, random, holder: newId(), hasTurn })
  const pace = createPace({ settings, clock, random, segmentsOf })
  const refusals = createRefusedCallbacks(shared)
  const callbacks = createCallbacks({ ...shared, refusals })
  const inbound = createInbound({ ...shared, refusals, newId })
  const apiKeys = createApiKeys({ store, clock, randomBytes })
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
  const inFlight = () => pump.inFlight()
  const presence = createPresence({ ...shared, newId, machine, isAlive, inFlight })
  const worker = createWorker({
    ...shared,
    pump,
    presence,
    care: createCare({
      ...shared,
      doubt: createDoubt({ ...shared, flow, textOf }),
      expiry,
      verificationExpiry: createVerificationExpiry(shared),
      presence,
      reconciliation: createReconciliation({ ...shared, flow }),
      retention: createRetention(shared),
      adminSessions,
      hourly: createHourly(shared),
    }),
  })
  const holder = newId()
  const consumers = createConsumers({ ...shared, random, holder })
  const poster = world.poster ?? createPoster({ settings, clock })
  const webhooks = createWebhooks({ ...shared, newId, random, holder, poster })
  const { readiness, started: markStarted } = createReadiness({ settings, store, flow, clock })

  let starting: Promise<void> | undefined
  let isStarted = false
  let deafen: (() => void) | undefined
  async function startOnce(): Promise<void> {
    try {
      await store.migrate()
      await consumers.begin()
      await webhooks.begin()
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
    consumers.start()
    webhooks.start()
    deafen = store.onWake?.(() => signals.wake())
  }
  const start = () => (starting ??= startOnce())

  const workers = createWorkers(store.workers, clock)
  const optOuts = createOptOuts(store, clock)
  const queue = createQueue({ ...shared, flow })
  const audit = createAudit(store.audit)
  const admin = createAdmin({
    ...shared,
    services: { messages, verifications, optOuts, queue, workers, audit, apiKeys, admins },
    sessions: adminSessions,
    refusedCallbacks: () => refusals.list(),
    readiness,
    isOutage,
    randomBytes,
    world: world.admin ?? {},
  })

  const handlerParts = {
    settings,
    tools: {
      settings,
      messages,
      callbacks,
      inbound,
      verifications,
      readiness,
      openApi: createOpenApi(endpoints, settings),
    },
    authorize: createAuthorize({ settings, apiKeys }),
    isOutage,
    logger,
    randomBytes,
  }
  const handleStarted = createHandler({ ...handlerParts, endpoints: Object.values(endpoints) })
  const handleProbe = createHandler({ ...handlerParts, endpoints: Object.values(probes) })
  const basePath = basePathOf(settings)
  const handle: Handle = async (request) => {
    // A start that failed shows in the answers: 503 from what needs the database, 200 from /livez.
    if (!isStarted) await start().catch(() => undefined)
    return (await handleStarted(request)) ?? admin.handle(request)
  }

  return {
    fetch: createFetchHandler(handle),
    node: createNodeHandler(handle, basePath),
    fastify: createFastifyPlugin(handle, basePath),
    probes: createNodeHandler(handleProbe),
    messages,
    verifications,
    optOuts,
    queue,
    audit,
    apiKeys,
    on: (pattern, handler, options) => consumers.on(pattern, handler, options),
    parkedEvents: consumers.parked,
    webhooks: webhooks.service,
    callbacks: { refused: () => refusals.list() },
    admins,
    workers,
    settings,
    start,
    endStreams: () => admin.close(),
    async stop() {
      admin.close()
      await starting?.catch(() => undefined)
      deafen?.()
      await Promise.all([worker.stop(), consumers.stop(), webhooks.stop()])
      await provider.close()
      commits.close()
      await throttles.close()
      await store.close()
    },
    async runDue() {
      await start()
      await worker.runDue()
      while ((await consumers.run()) + (await webhooks.run()) > 0);
    },
    migrate: () => store.migrate(),
    migrationStatus: () => store.migrationStatus(),
    migrationPlan: () => store.migrationPlan(),
    async afterRestore() {
      await store.migrate()
      await clock.follow()
      return doubtRestored({ settings, store, clock })
    },
    readiness,
  }
}

function isOutage(error: unknown): boolean {
  return error instanceof StorageError
}
