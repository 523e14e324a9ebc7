import type { IncomingMessage } from 'node:http'
import type { Handle, PlainRequest, PlainResponse } from '../routes/plain.ts'
import { type HostRequest, openBody } from './node-body.ts'

/** What the app answers to a request of Node; `undefined` when its path is none of ours. */
export function askNode(handle: Handle, request: HostRequest): Promise<PlainResponse | undefined> {
  const target = targetOf(request)
  const query = target.indexOf('?')
  return handle({
    method: request.method ?? 'GET',
    path: query < 0 ? target : target.slice(0, query),
    rawQuery: query < 0 ? '' : target.slice(query + 1),
    headers: headersOf(request),
    ...openBody(request),
    remoteAddress: request.socket?.remoteAddress,
  })
}

/** The path and query that came in: Express and Connect cut the mount path off `url`. */
export function targetOf({ originalUrl, url }: HostRequest): string {
  return originalUrl ?? url ?? '/'
}

function headersOf({ headers }: IncomingMessage): PlainRequest['headers'] {
  // Copying them costs 1 µs, and Node itself leaves no list but `set-cookie`.
  if (areTexts(headers)) return headers
  const texts: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) texts[name] = typeof value === 'string' ? value : value.join(', ')
  }
  return texts
}

function areTexts(headers: IncomingMessage['headers']): headers is Record<string, string> {
  for (const name in headers) if (typeof headers[name] !== 'string') return false
  return true
}

/** The headers of the answer; one before the end of the body must not make us read the rest of it. */
export function headersToSend(
  { complete }: IncomingMessage,
  { headers }: PlainResponse,
): Record<string, string> {
  if (!complete) headers['connection'] = 'close'
  return headers
}
