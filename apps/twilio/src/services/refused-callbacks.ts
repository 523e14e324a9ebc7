import type { Settings } from '../config.ts'
import type { Logger } from '../domain/log.ts'
import type { Clock, Instant } from '../domain/time.ts'

/** A callback whose signature did not fit. It holds numbers: for looking into, not for logs. */
export interface RefusedCallback {
  receivedAt: Instant
  method: 'POST'
  /** Path and query as they arrived. */
  url: string
  /** Those that tell where it came by: names in lower case. */
  headers: Record<string, string>
  body: string
}

/** A request that was refused, as the routes have it. */
export interface RefusedRequest {
  path: string
  rawQuery: string
  headers: Readonly<Record<string, string | undefined>>
  body: Uint8Array
}

const mostKept = 20
// A genuine callback has about 600 bytes. Strangers must not fill the memory.
const longestBody = 8_192
const longestHeader = 1_024

/** Headers that a proxy leaves, and the signature itself. Nothing that proves who calls. */
const keptHeaders = [
  'host',
  'content-type',
  'x-twilio-signature',
  'forwarded',
  'x-original-host',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-original-uri',
  'x-original-url',
  'x-rewrite-url',
  'x-forwarded-uri',
] as const

/** Requests to our webhooks that were refused for their signature. */
export interface RefusedCallbacks {
  /**
   * Tells of it, and keeps it if it has a signature at all. A rotated token or a wrong `publicUrl`
   * looks like a forger; and a stranger must not fill the log.
   */
  note(request: RefusedRequest): void
  /** The last ones of this process, oldest first. */
  list(): RefusedCallback[]
}

/** How long one line of the log has to do. */
const quietMs = 60_000

/** A memory of the last ones. */
export function createRefusedCallbacks(parts: {
  settings: Pick<Settings, 'publicUrl'>
  clock: Clock
  logger: Logger
}): RefusedCallbacks {
  const { settings, clock, logger } = parts
  const kept: RefusedCallback[] = []
  let refused = 0
  let quietUntil = -Infinity

  function tell(): void {
    refused++
    if (clock.monotonic() < quietUntil) return
    logger.warn(
      { event: 'callback-refused', refused, public_url: settings.publicUrl },
      'callbacks were refused: their signature fits neither twilio.authToken nor twilio.otherAuthTokens over publicUrl; if they are genuine, one of these settings differs from what Twilio has; hsb-twilio doctor --callback tells which',
    )
    refused = 0
    quietUntil = clock.monotonic() + quietMs
  }

  return {
    note({ path, rawQuery, headers, body }) {
      tell()
      if (headers['x-twilio-signature'] === undefined || body.length > longestBody) return
      const shown: Record<string, string> = {}
      for (const name of keptHeaders) {
        const value = headers[name]
        if (value !== undefined && value.length <= longestHeader) shown[name] = value
      }
      kept.push({
        receivedAt: clock.now(),
        method: 'POST',
        url: rawQuery === '' ? path : `${path}?${rawQuery}`,
        headers: shown,
        body: Buffer.from(body).toString(),
      })
      if (kept.length > mostKept) kept.shift()
    },
    list: () => structuredClone(kept),
  }
}
