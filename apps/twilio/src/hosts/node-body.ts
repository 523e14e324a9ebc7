import type { IncomingMessage } from 'node:http'
import type { PlainBody, PlainRequest } from '../routes/plain.ts'
import { readStream } from './node-stream.ts'
import { expressRemedy, nodeRemedy } from './remedies.ts'

/** What hosts leave on the request. */
export interface HostRequest extends IncomingMessage {
  originalUrl?: string
  rawBody?: unknown
  body?: unknown
  /** Express puts its application here. */
  app?: unknown
}

/**
 * The body in the order of trust: the bytes that the host kept, else the stream if nobody has read
 * it, else what a parser made of it, written anew.
 */
export function openBody(
  request: HostRequest,
): Pick<PlainRequest, 'readBody' | 'originalBytes' | 'remedy'> {
  const { rawBody, body } = request
  const kept = [rawBody, body].find((one) => one instanceof Uint8Array)
  if (kept instanceof Uint8Array) return { readBody: async () => kept, originalBytes: true }
  // Express 4 sets `body` to {} for types that its parser passes over: only the stream tells.
  if (!request.readableDidRead) {
    return { readBody: () => readStream(request), originalBytes: true }
  }
  return {
    readBody: async () => writeAnew(body, request.headers),
    originalBytes: false,
    remedy: request.app === undefined ? nodeRemedy : expressRemedy,
  }
}

function writeAnew(body: unknown, headers: IncomingMessage['headers']): PlainBody {
  if (typeof body === 'string') return Buffer.from(body)
  if (typeof body !== 'object' || body === null) return 'taken'
  if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    return Buffer.from(JSON.stringify(body))
  }
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(body)) {
    const values: unknown[] = Array.isArray(value) ? value : [value]
    for (const one of values) {
      // A parser that nests `a[b]=1` has thrown the names away.
      if (typeof one !== 'string') return 'taken'
      form.append(name, one)
    }
  }
  return Buffer.from(form.toString())
}
