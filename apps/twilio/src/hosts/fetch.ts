import type { Handle } from '../routes/plain.ts'
import { problem, problemResponse } from '../routes/problems.ts'
import { readBody, splitUrl } from './fetch-request.ts'
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
