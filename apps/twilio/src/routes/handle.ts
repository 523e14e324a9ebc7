import type { Settings } from '../config.ts'
import type { AccessRequest } from '../domain/access.ts'
import type { Logger } from '../domain/log.ts'
import type { RandomBytes } from '../domain/random.ts'
import { basePathOf } from './base-path.ts'
import { createBodyWatch } from './body-watch.ts'
import { createClientAddress } from './client-address.ts'
import type { Answer, Call, Caller, Endpoint, RouteTools } from './contract.ts'
import { fieldErrors } from './field-errors.ts'
import type { Handle, PlainRequest, PlainResponse } from './plain.ts'
import { type FieldError, type Problem, problem, problemResponse, safeHeaders } from './problems.ts'
import { readQuery, takeBody } from './read-request.ts'
import { createRouter, type Place } from './router.ts'

/** What a handler is made of. */
export interface HandlerParts<Tools = RouteTools> {
  endpoints: readonly Endpoint<Tools>[]
  settings: Settings
  tools: Tools
  /** Who calls; `undefined` for nobody we know. */
  authorize: (
    request: AccessRequest,
  ) => Caller | Problem | undefined | Promise<Caller | Problem | undefined>
  logger: Logger
  /** True for the database being away: answered 503 instead of 500. */
  isOutage: (error: unknown) => boolean
  randomBytes: RandomBytes
}

const longestUrl = 4_096
const noBytes = new Uint8Array()
// A caller's id goes into logs and a header: nothing but this may.
const requestIdShape = /^[A-Za-z0-9._-]{8,64}$/

/** Turns endpoints into one function from request to answer. It never rejects. */
export function createHandler<Tools = RouteTools>(parts: HandlerParts<Tools>): Handle {
  const { settings, tools, authorize, logger, isOutage, randomBytes } = parts
  const basePath = basePathOf(settings)
  const findPlace = createRouter(parts.endpoints, basePath)
  const clientAddressOf = createClientAddress(settings)
  const openEndpoints = new Set(
    parts.endpoints.filter((one) => one.scope === 'public' || one.publicWhen?.(settings)),
  )
  const watch = createBodyWatch(logger)

  /** Everything between finding the endpoint and writing its answer, in the order of what costs least. */
  async function answer(
    endpoint: Endpoint<Tools>,
    place: Place<Tools>,
    request: PlainRequest,
  ): Promise<Answer | Problem> {
    const { headers, method, path, rawQuery } = request
    const shape = endpoint.request
    const clientAddress = clientAddressOf(request)

    let principal: Caller | undefined
    if (endpoint.scope !== 'public' && !openEndpoints.has(endpoint)) {
      const who = await authorize({ method, path, headers, clientAddress })
      if (!who) return problem('unauthenticated')
      if ('problem' in who) return who
      principal = who
      if (!principal.scopes.includes(endpoint.scope)) {
        return problem('forbidden', { detail: `It needs the scope "${endpoint.scope}".` })
      }
    }

    const call: Call = {
      params: undefined,
      query: undefined,
      headers: undefined,
      body: undefined,
      bytes: noBytes,
      rawQuery,
      received: request,
      principal,
      clientAddress,
      basePath,
    }
    if (shape.params) {
      const params = shape.params.safeParse(place.params)
      if (!params.success) return problem(endpoint.unknown ?? 'not-found')
      call.params = params.data
    }
    if (shape.query) {
      const query = readQuery(shape.query, rawQuery)
      if ('problem' in query) return query
      call.query = query.data
    }
    if (shape.headers) {
      const parsed = shape.headers.safeParse(headers)
      if (!parsed.success) return refusedHeaders(fieldErrors(parsed.error, headers))
      call.headers = parsed.data
    }
    if (shape.body || shape.form) {
      // Every callback address that we hand out has a query, and a slash before it.
      if (shape.form && rawQuery !== '' && !path.endsWith('/'))
        watch('callback-redirected', request)
      const refusal = await takeBody(shape, call, request, watch)
      if (refusal) return refusal
    }
    return endpoint.handle(call, tools)
  }

  async function respond(
    place: Place<Tools>,
    request: PlainRequest,
    requestId: string,
  ): Promise<PlainResponse> {
    if (request.path.length + request.rawQuery.length > longestUrl) {
      return problemResponse(problem('url-too-long'), requestId)
    }
    const endpoint = place.endpoints.get(request.method)
    if (endpoint === undefined) {
      const refusal = problemResponse(problem('method-not-allowed'), requestId)
      refusal.headers['allow'] = place.allow
      return refusal
    }
    try {
      const result = await answer(endpoint, place, request)
      return 'problem' in result
        ? problemResponse(result, requestId)
        : toResponse(result, requestId)
    } catch (error) {
      const code = isOutage(error) ? 'unavailable' : 'internal'
      logger.error(
        { event: code, requestId, route: endpoint.path, ...traceOf(error) },
        'a request failed',
      )
      return problemResponse(problem(code), requestId)
    }
  }

  return (request) => {
    const place = findPlace(request.path)
    if (place === undefined) return Promise.resolve(undefined)
    const given = request.headers['x-request-id']
    const requestId =
      given !== undefined && requestIdShape.test(given)
        ? given
        : Buffer.from(randomBytes(12)).toString('hex')
    const response = respond(place, request, requestId)
    return request.method === 'HEAD' ? response.then(withoutBody) : response
  }
}

/** Names the header. The key that makes a repetition safe has a problem of its own. */
function refusedHeaders(errors: FieldError[]): Problem {
  const isKey = errors.every(({ field }) => field === 'idempotency-key')
  return isKey ? problem('invalid-idempotency-key') : problem('invalid-header', { errors })
}

async function withoutBody({ status, headers, body }: PlainResponse): Promise<PlainResponse> {
  if (body instanceof ReadableStream) await body.cancel()
  return { status, headers }
}

function toResponse(answer: Answer, requestId: string): PlainResponse {
  const headers: Record<string, string> = {
    ...safeHeaders,
    'x-request-id': requestId,
    ...answer.headers,
  }
  if (answer.body === undefined) return { status: answer.status, headers }
  const { body } = answer
  const isWhole = typeof body === 'string' || body instanceof ReadableStream
  if (isWhole && headers['content-type'] !== undefined) {
    return { status: answer.status, headers, body }
  }
  headers['content-type'] = 'application/json'
  return { status: answer.status, headers, body: JSON.stringify(answer.body) }
}

/** Where it broke, without the message: that may quote a body, a number or a secret. */
function traceOf(error: unknown): { error: string; at?: string } {
  if (!(error instanceof Error)) return { error: typeof error }
  const frames = (error.stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line))
  return {
    error: error.name,
    at: frames
      .slice(0, 4)
      .map((line) => line.trim())
      .join(' < '),
  }
}
