import { type Handle, maxBodyBytes, type PlainBody } from '../routes/plain.ts'
import { problem, problemResponse } from '../routes/problems.ts'
import { fetchRemedy, nextRemedy } from './remedies.ts'

/** For Hono, Next, Bun, Deno and whatever else hands over a web `Request`. */
export type FetchHandler = (
  request: Request,
  info?: { clientAddress?: string | undefined },
) => Promise<Response>

/** Serves the app as a function from `Request` to `Response`. Nothing global is replaced. */
export function createFetchHandler(handle: Handle): FetchHandler {
  return async (request, info) => {
    const { path, rawQuery } = splitUrl(request.url)
    const headers: Record<string, string> = {}
    request.headers.forEach((value, name) => {
      headers[name] = value
    })
    let isRead = request.body === null
    const answer =
      (await handle({
        method: request.method,
        path,
        rawQuery,
        headers,
        async readBody() {
          const body = await readBody(request)
          isRead = typeof body !== 'string'
          return body
        },
        originalBytes: true,
        remedy: 'nextUrl' in request ? nextRemedy : fetchRemedy,
        remoteAddress: info?.clientAddress,
      })) ?? problemResponse(problem('not-found'))
    // Next leaves the rest of a body on the connection, where the next request would stand behind it.
    if (!isRead) answer.headers['connection'] = 'close'
    return new Response(answer.body ?? null, { status: answer.status, headers: answer.headers })
  }
}

/** By hand: `new URL` costs more than the rest of the routing. */
function splitUrl(url: string): { path: string; rawQuery: string } {
  const start = url.indexOf('/', url.indexOf('://') + 3)
  const hash = url.indexOf('#', start)
  const target = url.slice(start, hash < 0 ? undefined : hash)
  const query = target.indexOf('?')
  return query < 0
    ? { path: target, rawQuery: '' }
    : { path: target.slice(0, query), rawQuery: target.slice(query + 1) }
}

async function readBody(request: Request): Promise<PlainBody> {
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
