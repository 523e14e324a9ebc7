import { Readable } from 'node:stream'
import { ReadableStream as NodeStream } from 'node:stream/web'

/**
 * A stream of ours as Node's own. Where the client goes away it is canceled at once; that is no error
 * of anybody's.
 */
export function toNodeStream(body: ReadableStream<Uint8Array>): Readable {
  // In Node it is the same class; the types of browsers know another one by this name.
  if (!(body instanceof NodeStream)) throw new TypeError('not a stream of Node')
  return Readable.fromWeb(body).on('error', () => undefined)
}
