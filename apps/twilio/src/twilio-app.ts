import type { AdminWorld } from './admin.ts'
import type { Settings } from './config.ts'
import type { RandomBytes } from './domain/random.ts'
import type { Clock, Instant } from './domain/time.ts'
import type { FastifyPlugin } from './hosts/fastify-scope.ts'
import type { FetchHandler } from './hosts/fetch.ts'
import type { NodeHandler } from './hosts/node.ts'
import type { Poster } from './posting/poster.ts'
import type { Provider } from './provider/provider.ts'
import type { ApiKeys } from './services/api-keys.ts'
import type { AdminAccounts } from './services/admin-accounts.ts'
import type { Audit } from './services/audit.ts'
import type { Messages } from './services/messages.ts'
import type { OptOuts } from './services/opt-outs.ts'
import type { Queue } from './services/queue.ts'
import type { Readiness } from './services/readiness.ts'
import type { On, ParkedEvents } from './services/events.ts'
import type { RestoreResult } from './services/restore.ts'
import type { RefusedCallback } from './services/refused-callbacks.ts'
import type { Verifications } from './services/verifications.ts'
import type { Webhooks } from './services/webhooks.ts'
import type { Workers } from './services/workers.ts'
import type { MigrationReport, PlannedMigration, Store } from './storage/store.ts'

/** SMS delivery and phone verification, ready to be mounted or called. */
export interface TwilioApp {
  /** For hosts that speak web-standard requests: Hono, Next.js, Bun, Deno. */
  fetch: FetchHandler
  /** For Express, Connect and plain `node:http`; paths that are not ours go to `next`. */
  node: NodeHandler
  /** For Fastify: `app.register(sms.fastify)`. NestJS and Next.js have modules of their own. */
  fastify: FastifyPlugin
  /**
   * Answers `/livez` and `/readyz` and nothing else, for processes that only work. It does not start
   * the app.
   */
  probes: NodeHandler
  messages: Messages
  verifications: Verifications
  optOuts: OptOuts
  queue: Queue
  audit: Audit
  apiKeys: ApiKeys
  /** Callbacks that were refused lately, to find out why: `hsb-twilio doctor --callback` takes one. */
  callbacks: { refused(): RefusedCallback[] }
  /** Who may sign in to the admin pages of the standalone server. */
  admins: AdminAccounts
  workers: Workers
  /**
   * Calls `handler` for each event that matches: at least once, after its commit, also if this process
   * is killed in between. Handlers run where the worker runs. Subscribe before `start`.
   */
  on: On
  parkedEvents: ParkedEvents
  webhooks: Webhooks
  /** Every setting in force; secrets print as `[secret]`. */
  settings: Settings
  /**
   * Brings the database up to date and starts the worker. The first request does it too. Rejects with
   * `StorageError` while the database is away, and may be called again.
   */
  start(): Promise<void>
  /** Ends streams that would go on for ever, so that a server has nothing to wait for. `stop` does it too. */
  endStreams(): void
  /** Finishes calls in flight within `delivery.graceSeconds`, gives unbegun work back, closes everything. */
  stop(): Promise<void>
  /** Does everything that is due now: for tests, cron jobs and hosts without long-lived processes. */
  runDue(): Promise<void>
  /** Applies the migrations that are missing. */
  migrate(): Promise<MigrationReport>
  migrationStatus(): Promise<MigrationReport>
  /** The migrations that are missing, with the SQL that `migrate` would run. */
  migrationPlan(): Promise<PlannedMigration[]>
  /**
   * To be called before anything else starts on a database that was restored from a backup: what it
   * says is still to be sent may have been sent since, and is looked up at Twilio first.
   */
  afterRestore(): Promise<RestoreResult>
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
  poster?: Poster | undefined
  /** What the program around the app knows of its admin pages. */
  admin?: AdminWorld | undefined
}
