import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import type { Handle, PlainRequest, PlainResponse } from '../routes/plain.ts'
import { problem, problemResponse } from '../routes/problems.ts'
import { type HostRequest, openBody } from './node-body.ts'
import { toNodeStream } from './stream.ts'

/** For `http.createServer`, and for Express and Connect by `app.use`. */
export type NodeHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void

/** Serves the app in anything built on `node:http`. A path that is none of ours goes on to `next`. */
export function createNodeHandler(handle: Handle, basePath = ''): NodeHandler {
  return (request: HostRequest, response, next) => {
    // Most requests of a host are none of ours, and should not pay for us.
    if (next && !targetOf(request).startsWith(basePath)) return next()
    serve(handle, request, response, next).catch(() => response.destroy())
  }
}

async function serve(
  handle: Handle,
  request: HostRequest,
  response: ServerResponse,
  next: ((error?: unknown) => void) | undefined,
): Promise<void> {
  const answer = await askNode(handle, request)
  if (answer) send(request, response, answer)
  else if (next) next()
  else send(request, response, problemResponse(problem('not-found')))
}

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

/** Express and Connect cut the mount path off `url`; `originalUrl` is what came in. */
function targetOf({ originalUrl, url }: HostRequest): string {
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

function send(request: IncomingMessage, response: ServerResponse, answer: PlainResponse): void {
  if (response.destroyed || response.headersSent) return
  const { status, body } = answer
  const headers = headersToSend(request, answer)
  if (body instanceof ReadableStream) {
    response.writeHead(status, headers)
    // At once: the first part of the body may be long in coming.
    response.flushHeaders()
    pipeline(toNodeStream(body), response, () => undefined)
    return
  }
  if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body))
  response.writeHead(status, headers).end(body)
}

/** The headers of the answer; one before the end of the body must not make us read the rest of it. */
export function headersToSend(
  { complete }: IncomingMessage,
  { headers }: PlainResponse,
): Record<string, string> {
  if (!complete) headers['connection'] = 'close'
  return headers
}
