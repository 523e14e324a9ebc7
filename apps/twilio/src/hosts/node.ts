import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import type { Handle, PlainResponse } from '../routes/plain.ts'
import { problem, problemResponse } from '../routes/problems.ts'
import type { HostRequest } from './node-body.ts'
import { askNode, headersToSend, targetOf } from './node-request.ts'
import { toNodeStream } from './node-stream.ts'

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
