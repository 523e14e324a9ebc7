import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { ReadableStream as NodeStream } from 'node:stream/web'
import { maxBodyBytes, type PlainBody } from '../routes/plain.ts'

/** The bytes of a body that nobody has read. */
export function readStream(request: IncomingMessage): Promise<PlainBody> {
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

/**
 * A stream of ours as Node's own. Where the client goes away it is canceled at once; that is no error
 * of anybody's.
 */
export function toNodeStream(body: ReadableStream<Uint8Array>): Readable {
  // In Node it is the same class; the types of browsers know another one by this name.
  if (!(body instanceof NodeStream)) throw new TypeError('not a stream of Node')
  return Readable.fromWeb(body).on('error', () => undefined)
}
