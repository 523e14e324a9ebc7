import type { Instant } from '../domain/time.ts'

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

/** The last callbacks that were refused, of this process. */
export interface RefusedCallbacks {
  /** Keeps it, if it has a signature at all. */
  note(request: RefusedRequest, at: Instant): void
  /** Oldest first. */
  list(): RefusedCallback[]
}

/** A memory of the last ones. */
export function createRefusedCallbacks(): RefusedCallbacks {
  const kept: RefusedCallback[] = []
  return {
    note({ path, rawQuery, headers, body }, at) {
      if (body.length > longestBody || headers['x-twilio-signature'] === undefined) return
      const shown: Record<string, string> = {}
      for (const name of keptHeaders) {
        const value = headers[name]
        if (value !== undefined && value.length <= longestHeader) shown[name] = value
      }
      kept.push({
        receivedAt: at,
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
