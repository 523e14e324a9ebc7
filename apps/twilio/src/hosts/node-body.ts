import type { IncomingMessage } from 'node:http'
import { maxBodyBytes, type PlainBody, type PlainRequest } from '../routes/plain.ts'
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

function readStream(request: IncomingMessage): Promise<PlainBody> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    const take = (chunk: Buffer) => {
      size += chunk.length
      if (size <= maxBodyBytes) {
        chunks.push(chunk)
      } else {
        request.off('data', take).pause()
        resolve('too-large')
      }
    }
    // A client that went away: before we came, or now. Without a listener `error` would be thrown.
    if (request.destroyed) resolve('unreadable')
    request.on('error', () => resolve('unreadable'))
    request.on('close', () => resolve('unreadable'))
    request.on('end', () => {
      const [only] = chunks
      resolve(chunks.length === 1 && only ? only : Buffer.concat(chunks, size))
    })
    request.on('data', take)
  })
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
