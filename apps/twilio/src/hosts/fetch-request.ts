import { maxBodyBytes, type PlainBody } from '../routes/plain.ts'

/** Path and query as they came in. By hand: `new URL` costs more than the rest of the routing. */
export function splitUrl(url: string): { path: string; rawQuery: string } {
  const start = url.indexOf('/', url.indexOf('://') + 3)
  const hash = url.indexOf('#', start)
  const target = url.slice(start, hash < 0 ? undefined : hash)
  const query = target.indexOf('?')
  return query < 0
    ? { path: target, rawQuery: '' }
    : { path: target.slice(0, query), rawQuery: target.slice(query + 1) }
}

/** The bytes of a body, as far as nobody has read it. */
export async function readBody(request: Request): Promise<PlainBody> {
  if (request.bodyUsed) return 'taken'
  if (request.body === null) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of request.body) {
      size += chunk.length
      // Leaving the loop cancels the stream.
      if (size > maxBodyBytes) return 'too-large'
      chunks.push(chunk)
    }
  } catch {
    return 'unreadable'
  }
  return Buffer.concat(chunks, size)
}
