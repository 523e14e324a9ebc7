import { checkOptions } from './options-check.ts'
import type { ApiKey, Delays, MessagingService, SimulatorOptions } from './options.ts'
import { postByHttp } from './post.ts'
import type { Poster } from './post.ts'
import { fixedSid, seeded, unseeded } from './sids.ts'

/** The options of a Verify service, filled in. */
interface VerifyRules {
  sid: string
  friendlyName: string
  codeLength: number
  customCodeEnabled: boolean
  lifetimeMs: number
}

export interface Settings {
  accountSid: string
  authToken: string
  /** Nobody has given one. */
  authTokenIsOwn: boolean
  apiKeys: readonly ApiKey[]
  testAccountSid: string
  testAuthToken: string
  senders: readonly string[] | undefined
  messagingServices: readonly MessagingService[]
  verifyService: VerifyRules
  inboundUrl: string | undefined
  clock: 'real' | 'manual'
  startAt: Date
  random: () => number
  delays: Delays
  poster: Poster
  callbackExtras: Readonly<Record<string, string>>
  callbackRetryWaitsMs: readonly number[]
  unsentInDateFilters: 'hidden' | 'shown'
  requestLogSize: number
}

/** Throws a RangeError that names the setting when one makes no sense. */
export function readOptions(options: SimulatorOptions): Settings {
  checkOptions(options)
  const clock = options.clock ?? 'real'
  const seed = options.seed ?? (clock === 'manual' ? 1 : undefined)
  return {
    accountSid: options.accountSid ?? fixedSid('AC', 1),
    authToken: options.authToken ?? fixedSid('', 0x70c3e),
    authTokenIsOwn: options.authToken === undefined,
    apiKeys: options.apiKeys ?? [{ sid: fixedSid('SK', 1), secret: fixedSid('', 0x5ec3e7) }],
    testAccountSid: options.testAccountSid ?? fixedSid('AC', 2),
    testAuthToken: options.testAuthToken ?? fixedSid('', 0x7e57),
    senders: options.senders,
    messagingServices: options.messagingServices ?? [
      { sid: fixedSid('MG', 1), senders: ['+15005550006'] },
    ],
    verifyService: {
      sid: options.verifyService?.sid ?? fixedSid('VA', 1),
      friendlyName: options.verifyService?.friendlyName ?? 'Simulator',
      codeLength: options.verifyService?.codeLength ?? 6,
      customCodeEnabled: options.verifyService?.customCodeEnabled ?? false,
      lifetimeMs: options.verifyService?.lifetimeMs ?? 600_000,
    },
    inboundUrl: options.inboundUrl,
    clock,
    startAt:
      options.startAt ?? (clock === 'manual' ? new Date('2026-01-01T12:00:00Z') : new Date()),
    random: options.random ?? (seed === undefined ? unseeded : seeded(seed)),
    delays: {
      queuedMs: options.delays?.queuedMs ?? 100,
      sendingMs: options.delays?.sendingMs ?? 100,
      sentMs: options.delays?.sentMs ?? 100,
      deliveredMs: options.delays?.deliveredMs ?? 500,
      pricedMs: options.delays?.pricedMs ?? 0,
    },
    poster: options.post ? { post: options.post, close: async () => {} } : postByHttp(),
    callbackExtras: options.callbackExtras ?? {},
    callbackRetryWaitsMs: options.callbackRetryWaitsMs ?? [500, 1000, 2000, 4000, 5000],
    unsentInDateFilters: options.unsentInDateFilters ?? 'hidden',
    requestLogSize: options.requestLogSize ?? 10_000,
  }
}
