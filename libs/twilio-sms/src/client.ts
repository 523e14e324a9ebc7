import { createAccounts } from './account.ts'
import type { Accounts } from './account.ts'
import { checkSid, createCaller } from './call.ts'
import type { Product } from './call.ts'
import { TwilioConfigError } from './errors.ts'
import { createLookups } from './lookups.ts'
import type { Lookups } from './lookups.ts'
import { createMessages } from './messages.ts'
import type { Messages } from './messages.ts'
import { createPoolTransport } from './transport.ts'
import type { Transport } from './transport.ts'
import { createVerifications } from './verifications.ts'
import type { Verifications } from './verifications.ts'

/** What the client signs in with: the account's token, or an API key (`SK…`) and its secret. */
export type Credentials =
  | { readonly kind: 'auth-token'; readonly authToken: string }
  | { readonly kind: 'api-key'; readonly sid: string; readonly secret: string }

/** How to reach Twilio and as whom. */
export interface TwilioClientOptions {
  /** The account the calls are about (`AC…`), also with an API key. */
  readonly accountSid: string
  readonly credentials: Credentials
  /** The Verify service (`VA…`) of calls that name none. */
  readonly verifyServiceSid?: string | undefined
  /** One origin in place of Twilio's hosts, for a simulator: `http://localhost:4010`. */
  readonly baseUrl?: string | undefined
  /** An origin per product, for a region or a proxy; goes before `baseUrl`. */
  readonly baseUrls?: Readonly<Partial<Record<Product, string | undefined>>> | undefined
  /** How long a call waits for a connection, in the queue too. After that it is never sent. */
  readonly connectTimeoutMs?: number | undefined
  /** How long the whole answer may take once the request is sent. */
  readonly responseTimeoutMs?: number | undefined
  /** How many connections to one origin; more calls wait. */
  readonly connections?: number | undefined
  /** Carries the requests in place of undici; the three limits above are then its own matter. */
  readonly transport?: Transport | undefined
  /** The clock, in milliseconds; read only for a Retry-After that is a date. */
  readonly now?: (() => number) | undefined
  /** Hears of the `Date` of every answer: Twilio's clock, to the second. */
  readonly onDate?: ((date: Date) => void) | undefined
}

/** A client of Twilio. It holds open connections until `close`. */
export interface TwilioClient extends Messages, Verifications, Lookups, Accounts {
  /** Lets calls under way finish and closes the connections. Later calls are refused. */
  close(): Promise<void>
}

const hosts = {
  api: 'https://api.twilio.com',
  verify: 'https://verify.twilio.com',
  lookups: 'https://lookups.twilio.com',
  messaging: 'https://messaging.twilio.com',
} as const satisfies Record<Product, string>

/**
 * Makes a client of Twilio. A wrong option throws a `TwilioConfigError` that names it; nothing is
 * sent before the first call.
 */
export function createTwilioClient(options: TwilioClientOptions): TwilioClient {
  const { verifyServiceSid, transport, now = Date.now } = options
  const limits = {
    connectTimeoutMs: checkCount('connectTimeoutMs', options.connectTimeoutMs ?? 5000, 600_000),
    responseTimeoutMs: checkCount(
      'responseTimeoutMs',
      options.responseTimeoutMs ?? 15_000,
      600_000,
    ),
    connections: checkCount('connections', options.connections ?? 32, 1024),
  }
  const carrier = listening(transport ?? createPoolTransport(limits), options.onDate)
  // The credentials stay in this closure: no object that is handed out has them as a property.
  const caller = createCaller({
    accountSid: checkSid('accountSid', options.accountSid, 'AC'),
    verifyServiceSid:
      verifyServiceSid === undefined
        ? undefined
        : checkSid('verifyServiceSid', verifyServiceSid, 'VA'),
    ...basicOf(options),
    origins: {
      api: originOf('api', options),
      verify: originOf('verify', options),
      lookups: originOf('lookups', options),
      messaging: originOf('messaging', options),
    },
    transport: carrier,
    now,
  })
  return Object.freeze({
    ...createMessages(caller),
    ...createVerifications(caller),
    ...createLookups(caller),
    ...createAccounts(caller),
    close: () => carrier.close(),
  })
}

/** A transport whose answers are also looked at for their date. */
function listening(transport: Transport, onDate: TwilioClientOptions['onDate']): Transport {
  if (onDate === undefined) return transport
  return {
    async send(request) {
      const reply = await transport.send(request)
      const date = new Date(String(reply.headers['date']))
      if (!Number.isNaN(date.getTime())) onDate(date)
      return reply
    },
    close: () => transport.close(),
  }
}

function basicOf(options: TwilioClientOptions): { user: string; password: string } {
  const { credentials } = options
  switch (credentials?.kind) {
    case 'auth-token': {
      const password = checkSecret('credentials.authToken', credentials.authToken)
      return { user: options.accountSid, password }
    }
    case 'api-key': {
      const user = checkSid('credentials.sid', credentials.sid, 'SK')
      return { user, password: checkSecret('credentials.secret', credentials.secret) }
    }
    default:
      throw new TwilioConfigError('credentials', "must be of kind 'auth-token' or 'api-key'")
  }
}

// White space at the ends is what a copied token most often brings along.
function checkSecret(option: string, value: unknown): string {
  if (typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)) return value
  throw new TwilioConfigError(option, 'must be printable characters without white space')
}

function checkCount(option: string, value: unknown, most: number): number {
  const isCount = typeof value === 'number' && Number.isInteger(value) && value >= 1
  if (isCount && value <= most) return value
  throw new TwilioConfigError(option, `must be a whole number from 1 to ${most}`)
}

function originOf(product: Product, options: TwilioClientOptions): string {
  const own = options.baseUrls?.[product]
  if (own !== undefined) return checkOrigin(`baseUrls.${product}`, own)
  if (options.baseUrl !== undefined) return checkOrigin('baseUrl', options.baseUrl)
  return hosts[product]
}

function checkOrigin(option: string, value: unknown): string {
  const url = typeof value === 'string' ? URL.parse(value) : null
  const isOrigin =
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.href === `${url.origin}/` &&
    !String(value).includes('?')
  if (isOrigin) return url.origin
  throw new TwilioConfigError(option, 'must be http(s)://host[:port] and nothing more')
}
