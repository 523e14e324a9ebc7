import { z } from 'zod'
import { adminSettings } from './admin-settings.ts'
import { databasePlace } from './database-place.ts'
import { deliverySettings } from './delivery-settings.ts'
import type { Authorize } from './domain/access.ts'
import type { Logger } from './domain/log.ts'
import { createSecret } from './domain/secret.ts'
import { chooseBackend } from './domain/verification.ts'
import { TwilioSettingsError } from './errors.ts'
import { eventsSettings, webhookSettings } from './events-settings.ts'
import { retentionSettings } from './retention-settings.ts'
import { missingOf } from './storage/engines/postgres-address.ts'
import { httpUrl, twilioSettings } from './twilio-settings.ts'

export { TwilioAppError, TwilioSettingsError } from './errors.ts'

// Every setting with its shape, default and check. Nothing here reads the environment: the host
// hands the object in, and a user's own config file may read it from wherever it likes.

const seconds = (least: number, most: number) => z.number().int().min(least).max(most)
const secret = (least: number) => z.string().min(least).transform(createSecret)
const rule = z.strictObject({
  limit: z.number().int().min(1),
  windowSeconds: seconds(1, 90 * 86_400),
})
const rules = z.array(rule).max(8)
const countries = z.union([
  z.literal('all'),
  z.array(z.string().regex(/^[A-Z]{2}$/, 'is not an ISO 3166-1 alpha-2 code such as SE')),
])
const numberTypes = z.enum([
  ...([
    'mobile',
    'fixed-line',
    'fixed-line-or-mobile',
    'premium',
    'toll-free',
    'shared-cost',
  ] as const),
  ...(['voip', 'personal', 'pager', 'uan', 'voicemail', 'satellite', 'unknown'] as const),
])
const messages = z.strictObject({
  /** Countries that may be texted. */
  countries: countries.default('all'),
  /** How long a message may wait to be sent, unless it says otherwise. */
  expireAfterSeconds: seconds(5, 7 * 86_400).default(4 * 3_600),
  /** How far ahead `send_at` may lie. */
  scheduleAheadSeconds: seconds(60, 366 * 86_400).default(35 * 86_400),
})

const verification = z.strictObject({
  /** Who makes and checks codes. Default: Twilio Verify where `twilio.verifyServiceSid` is set. */
  backend: z.enum(['twilio-verify', 'own-codes']).optional(),
  /**
   * Keys of codes and proof tokens, newest first; the older ones stay valid. At least 32 characters
   * each. Without one nothing can be verified, through Twilio Verify neither.
   */
  secrets: z.array(secret(32)).max(5).default([]),
  /** Countries that may be verified: none but those switched on. */
  countries: countries.default([]),
  /** Line types that get no code: they cost the owner or pay the caller. */
  refusedTypes: z
    .array(numberTypes)
    .default(['premium', 'shared-cost', 'satellite', 'toll-free', 'personal', 'uan']),
  /** Named in the text of a code. */
  appName: z.string().min(1).max(30).default('Your app'),
  /** Domain of the WebOTP line (`@example.com #123456`); no line without it. */
  webOtpDomain: z
    .string()
    .regex(/^[a-z0-9.-]+\.[a-z]{2,}$|^localhost$/)
    .optional(),
  /** Texts by locale over the built-in ones; each holds `{code}` once and may hold `{app}`. */
  texts: z
    .record(
      z.string(),
      z
        .string()
        .max(300)
        .refine((t) => t.split('{code}').length === 2, 'must hold {code} once'),
    )
    .default({}),
  defaultLocale: z.string().min(2).max(10).default('en'),
  codeLength: z.number().int().min(6).max(10).default(6),
  /** NIST SP 800-63B allows ten minutes at most. */
  lifetimeSeconds: seconds(30, 600).default(600),
  maxAttempts: z.number().int().min(1).max(5).default(5),
  maxSends: z.number().int().min(1).max(5).default(5),
  proofLifetimeSeconds: seconds(10, 3_600).default(300),
  /** `public` lets front ends start and check without a key. */
  access: z.enum(['authorized', 'public']).default('authorized'),
  /** Also accept a check by number alone, for old clients: strangers can then use up a victim's guesses. */
  checkByPhone: z.boolean().default(false),
})

const throttles = z.strictObject({
  /** `memory` counts in this process only: for a single process and for tests. */
  store: z.enum(['database', 'memory']).default('database'),
  /** Messages to one phone through the API. */
  messagesPerPhone: rules.default([]),
  /** Segments of all messages together: the cap on money. */
  segmentsTotal: rules.default([]),
  /** Codes sent to one phone. */
  codesPerPhone: rules.default([
    { limit: 1, windowSeconds: 30 },
    { limit: 5, windowSeconds: 600 },
    { limit: 10, windowSeconds: 3_600 },
    { limit: 20, windowSeconds: 86_400 },
  ]),
  /** Wrong guesses for one phone, over all its verifications. */
  guessesPerPhone: rules.default([
    { limit: 10, windowSeconds: 3_600 },
    { limit: 50, windowSeconds: 86_400 },
  ]),
  /** Starts from one client address (IPv6 by /64). */
  startsPerAddress: rules.default([
    { limit: 10, windowSeconds: 60 },
    { limit: 50, windowSeconds: 86_400 },
  ]),
  /** Codes to one country, and in all. */
  codesPerCountry: rules.default([]),
  codesTotal: rules.default([]),
  /** When the counters cannot be reached: refuse (`closed`) or go on (`open`). */
  whenUnavailable: z
    .strictObject({
      codes: z.enum(['open', 'closed']).default('closed'),
      messages: z.enum(['open', 'closed']).default('open'),
    })
    .prefault({}),
})

/** Shape, default and check of every setting: what `readSettings` reads and docs/settings.md lists. */
export const settingsShape = z.strictObject({
  twilio: twilioSettings,
  /** Where Twilio reaches this app, prefix included: what its signatures are made over. */
  publicUrl: httpUrl
    .refine((text) => {
      const url = URL.parse(text)
      return (
        url !== null &&
        url.search === '' &&
        url.hash === '' &&
        url.username === '' &&
        !url.hostname.includes('_')
      )
    }, 'must be scheme, host and prefix only; Twilio refuses hosts with an underscore')
    .transform((text) => text.replace(/\/+$/, '')),
  /** SQLite: `file:./sms.db`, or `:memory:` for tests. PostgreSQL: its address, or a pool of `pg`. */
  database: databasePlace.prefault('file:./sms.db'),
  messages: messages.prefault({}),
  verification: verification.prefault({}),
  throttles: throttles.prefault({}),
  delivery: deliverySettings.prefault({}),
  retention: retentionSettings.prefault({}),
  events: eventsSettings.prefault({}),
  webhooks: webhookSettings.prefault({}),
  admin: adminSettings.prefault({}),
  http: z
    .strictObject({
      /** Path before our routes as the host hands it over; default: the path of `publicUrl`. */
      basePath: z
        .string()
        .regex(/^(\/[^/?#]+)*$/, 'must be empty or like /sms')
        .optional(),
      /** How many proxies of your own stand in front, or their addresses (CIDR). */
      trustedProxies: z.union([z.number().int().min(0).max(10), z.array(z.string())]).default(0),
      /** Longest `Prefer: wait`. */
      maxWaitSeconds: seconds(0, 60).default(30),
    })
    .prefault({}),
  /**
   * `background` runs the worker in this process; `manual` leaves it to `app.runDue()`; `elsewhere`
   * to other processes, and `/readyz` tells when there is none.
   */
  worker: z.enum(['background', 'manual', 'elsewhere']).default('background'),
  authorize: z
    .custom<Authorize>((value) => typeof value === 'function', 'must be a function')
    .optional(),
  logger: z.custom<Logger>((value) => typeof value === 'object' && value !== null).optional(),
})

/** What a host or a `twilio.config.ts` hands in. Only `twilio` and `publicUrl` have no default. */
export type TwilioConfig = z.input<typeof settingsShape>

/** The settings with every default filled in. Secrets print as `[secret]`. */
export type Settings = z.output<typeof settingsShape>

/** Gives a config object its type; checks happen in `createTwilioApp`. */
export function defineConfig(config: TwilioConfig): TwilioConfig {
  return config
}

/** Checks every setting and fills in the defaults. Throws `TwilioSettingsError`. */
export function readSettings(config: unknown): Settings {
  const parsed = settingsShape.safeParse(config)
  if (!parsed.success) throw new TwilioSettingsError(parsed.error.issues.map(describe))
  const problems = contradictions(parsed.data)
  if (problems.length > 0) throw new TwilioSettingsError(problems)
  return parsed.data
}

function describe(issue: z.core.$ZodIssue): { setting: string; message: string } {
  const setting = issue.path.map(String).join('.')
  return { setting, message: issue.message.charAt(0).toLowerCase() + issue.message.slice(1) }
}

/** What no single setting can tell. */
function contradictions(settings: Settings): { setting: string; message: string }[] {
  const problems: { setting: string; message: string }[] = []
  const { twilio, delivery, verification } = settings
  if (twilio.defaultFrom === undefined && twilio.messagingServiceSid === undefined) {
    problems.push({
      setting: 'twilio.defaultFrom',
      message: 'or twilio.messagingServiceSid must be set',
    })
  }
  const { database } = settings
  if (typeof database === 'object' && 'url' in database) {
    const missing = missingOf(database.url.reveal())
    if (missing.length > 0) {
      problems.push({ setting: 'database.url', message: `must name a ${missing.join(' and a ')}` })
    }
  }
  const callMs = twilio.connectTimeoutMs + twilio.responseTimeoutMs
  if (delivery.leaseSeconds * 1_000 <= callMs) {
    problems.push({
      setting: 'delivery.leaseSeconds',
      message: `must be longer than a call can take (${callMs} ms)`,
    })
  }
  if (verification.backend === 'twilio-verify' && twilio.verifyServiceSid === undefined) {
    problems.push({
      setting: 'twilio.verifyServiceSid',
      message: 'must be set for the backend twilio-verify',
    })
  }
  const backend = chooseBackend(settings)
  if (backend !== undefined && verification.secrets.length === 0) {
    problems.push({
      setting: 'verification.secrets',
      message: `must hold a secret for the backend ${backend}: it signs the tokens of approvals${
        backend === 'own-codes' ? ' and makes the codes' : ''
      }`,
    })
  }
  return problems
}
