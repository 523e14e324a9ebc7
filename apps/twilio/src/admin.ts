import manifest from '../package.json' with { type: 'json' }
import { listSettings } from './admin-facts.ts'
import type { Settings } from './config.ts'
import { describeDiagnosis } from './commands/doctor/callback-words.ts'
import { diagnoseCallback } from './provider/callback-diagnosis.ts'
import { errorWords } from './provider/error-advice.ts'
import { createAdminAuthorize } from './routes/admin/authorize.ts'
import { adminFacts } from './routes/admin/document.ts'
import { type AdminFiles, createAdminFiles } from './routes/admin/files.ts'
import { adminEndpoints } from './routes/admin/index.ts'
import type { AdminTools } from './routes/admin/tools.ts'
import { basePathOf } from './routes/base-path.ts'
import { createHandler, type HandlerParts } from './routes/handle.ts'
import { createOpenApi } from './routes/openapi/document.ts'
import type { Handle } from './routes/plain.ts'
import { createBrowse } from './services/browse.ts'
import { createLive } from './services/live.ts'
import { createOverview } from './services/overview.ts'
import { createSeal } from './services/seal.ts'
import type { Signals } from './services/signals.ts'
import type { Clock } from './domain/time.ts'
import type { Store } from './storage/store.ts'

/** What only the program around the app knows of its admin pages. */
export interface AdminWorld {
  /** The pages; without them there is a word in their place. */
  files?: AdminFiles | undefined
  /** Lets a browser on this machine in without a sign-in: for development only. */
  openOnLoopback?: boolean | undefined
  /** Where the phones of the simulator are, if the carrier is one. */
  phonesUrl?: string | undefined
}

/** The admin pages and their API. */
export interface Admin {
  handle: Handle
  /** Ends what is being watched. */
  close(): void
}

type Services =
  | 'messages'
  | 'verifications'
  | 'optOuts'
  | 'queue'
  | 'workers'
  | 'audit'
  | 'apiKeys'
  | 'admins'

/** The admin part of one app. */
export function createAdmin(
  parts: Pick<AdminTools, 'sessions' | 'refusedCallbacks' | 'readiness'> &
    Pick<HandlerParts, 'isOutage' | 'logger' | 'randomBytes'> & {
      services: Pick<AdminTools, Services>
      settings: Settings
      store: Store
      signals: Signals
      clock: Clock
      world: AdminWorld
    },
): Admin {
  const { settings, store, signals, clock, logger, randomBytes, isOutage, world } = parts
  const { services, sessions, refusedCallbacks, readiness } = parts
  if (!settings.admin.enabled) return { handle: async () => undefined, close: () => undefined }
  const live = createLive({ store, signals, clock })
  const access = createAdminAuthorize({
    settings,
    apiKeys: services.apiKeys,
    sessions,
    openOnLoopback: world.openOnLoopback ?? false,
  })
  const tools: AdminTools = {
    ...services,
    sessions,
    refusedCallbacks,
    readiness,
    settings,
    face: {
      version: manifest.version,
      mode: modeOf(settings, world),
      phonesUrl: world.phonesUrl,
    },
    listSettings: () => listSettings(settings),
    browse: createBrowse({ settings, store, clock }),
    overview: createOverview({ store, clock }),
    live,
    clock,
    errorWords,
    callerOf: ({ path, headers }, clientAddress) =>
      access.callerOf({ method: 'GET', path, headers, clientAddress }),
    diagnose: (callback) =>
      describeDiagnosis(diagnoseCallback(settings, callback), settings).flatMap(
        ({ words, advice }) => (advice === undefined ? [words] : [words, advice]),
      ),
    seal: createSeal({ secret: settings.twilio.authToken.reveal(), randomBytes }),
    openApi: createOpenApi(adminEndpoints, settings, adminFacts),
  }
  const answerApi = createHandler<AdminTools>({
    endpoints: Object.values(adminEndpoints),
    settings,
    tools,
    authorize: (request) => access.authorize(request),
    logger,
    isOutage,
    randomBytes,
  })
  const answerFile = createAdminFiles(basePathOf(settings), world.files ?? readPages)
  return {
    handle: async (request) => (await answerApi(request)) ?? answerFile(request),
    close: () => live.close(),
  }
}

/** A process that nobody opens the pages of does not load them. */
async function readPages(): ReturnType<AdminFiles> {
  const { readAdminPages } = await import('#admin-pages')
  return readAdminPages()
}

/** Twilio's test credentials can send from this number, and nothing else can. https://www.twilio.com/docs/iam/test-credentials */
const magicSender = '+15005550006'

function modeOf({ twilio }: Settings, { phonesUrl }: AdminWorld): AdminTools['face']['mode'] {
  if (phonesUrl !== undefined) return 'simulator'
  const host = twilio.baseUrl === undefined ? undefined : new URL(twilio.baseUrl).hostname
  if (host === 'localhost' || host === '[::1]' || host?.startsWith('127.')) return 'simulator'
  return twilio.defaultFrom === magicSender ? 'test' : 'live'
}
