import { Agent, request as send } from 'undici'

/** How long a receiver of a callback may take. */
export interface PostLimits {
  connectMs: number
  readMs: number
}

export interface Poster {
  post(request: Request, limits: PostLimits): Promise<Response>
  close(): Promise<void>
}

/** Posts over real HTTP, on connections of its own that close with it. */
export function postByHttp(): Poster {
  // undici takes the connect time-out per agent, so there is one agent a value.
  const agents = new Map<number, Agent>()
  const agentFor = (connectMs: number) => {
    const agent = agents.get(connectMs) ?? new Agent({ connect: { timeout: connectMs } })
    agents.set(connectMs, agent)
    return agent
  }
  return {
    async post(request, { connectMs, readMs }) {
      const answer = await send(request.url, {
        method: request.method === 'GET' ? 'GET' : 'POST',
        headers: Object.fromEntries(request.headers),
        body: request.method === 'GET' ? null : await request.text(),
        dispatcher: agentFor(connectMs),
        headersTimeout: readMs,
        bodyTimeout: readMs,
      })
      const body = await answer.body.text()
      const bodiless = answer.statusCode === 204 || answer.statusCode === 304
      const type = answer.headers['content-type']
      return new Response(bodiless ? null : body, {
        status: answer.statusCode,
        headers: typeof type === 'string' ? { 'content-type': type } : {},
      })
    },
    async close() {
      const open = [...agents.values()]
      agents.clear()
      await Promise.all(open.map(async (agent) => agent.destroy()))
    },
  }
}

/** `ct`: no connection was made; `rt`: it was, but no answer came in time. */
export function failureKind(error: unknown): 'ct' | 'rt' {
  const names = [error, error instanceof Error ? error.cause : undefined].flatMap((part) =>
    part instanceof Error ? [part.name, 'code' in part ? String(part.code) : ''] : [],
  )
  return names.some((name) => /(HEADERS|BODY)_TIMEOUT|^TimeoutError$|^AbortError$/.test(name))
    ? 'rt'
    : 'ct'
}
