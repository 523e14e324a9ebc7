import { fromWire } from './names.ts'
import type { Failure, RefusalFacts } from './results.ts'

/** The function that calls: that of the platform, or one like it. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** What a client may be given of the world outside, for tests. */
export interface ClientWorld {
  /** Resolves after this time, or at once when the signal ends it. */
  wait?: ((ms: number, signal: AbortSignal | undefined) => Promise<void>) | undefined
  /** A number in [0, 1). */
  random?: (() => number) | undefined
}

/** The fields of an answer, their names in camelCase. */
export type Fields = Record<string, unknown>

/** One call as data. */
export interface Exchange<Code extends string, Answer> {
  method: 'GET' | 'POST'
  path: string
  headers?: Record<string, string>
  body?: Record<string, unknown>
  timeoutMs: number
  signal: AbortSignal | undefined
  /** How often it may be repeated when nobody answered, or nobody could. */
  retries: number
  /** The problems that are endings of this call. */
  codes: readonly Code[]
  /** Looks at what makes the answer one: a page of a proxy has none of it. */
  isAnswer: (fields: Fields | Answer) => fields is Answer
}

/** An answer that is no problem. */
export interface Answered<Answer> {
  kind: 'answered'
  fields: Answer
  headers: Headers
}

/** The server refused for one of the reasons that belong to the call. */
export interface Refused<Code extends string> extends RefusalFacts {
  kind: Code
  retryAfterSeconds: number
}

/** How a call can end. */
export type Ending<Code extends string, Answer> = Answered<Answer> | Refused<Code> | Failure

/** Makes the function that calls and never throws. */
export function createExchange(options: {
  baseUrl: string
  apiKey: string | undefined
  fetch: Fetch
  world: ClientWorld
}): <Code extends string, Answer>(call: Exchange<Code, Answer>) => Promise<Ending<Code, Answer>> {
  const { apiKey, fetch } = options
  const { wait = sleep, random = Math.random } = options.world
  const baseUrl = options.baseUrl.replace(/\/+$/, '')

  async function once<Code extends string, Answer>(
    call: Exchange<Code, Answer>,
  ): Promise<Ending<Code, Answer>> {
    const { signal } = call
    if (signal?.aborted) return { kind: 'aborted' }
    const timeout = AbortSignal.timeout(call.timeoutMs)
    const headers: Record<string, string> = { accept: 'application/json', ...call.headers }
    if (apiKey !== undefined) headers['authorization'] = `Bearer ${apiKey}`
    if (call.body) headers['content-type'] = 'application/json'
    try {
      const response = await fetch(baseUrl + call.path, {
        method: call.method,
        headers,
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        ...(call.body ? { body: JSON.stringify(call.body) } : {}),
      })
      return read(response, await response.text(), call)
    } catch (error) {
      if (signal?.aborted) return { kind: 'aborted' }
      return { kind: 'unreachable', reason: timeout.aborted ? 'timeout' : 'network', error }
    }
  }

  return async (call) => {
    for (let attempt = 0; ; attempt++) {
      const result = await once(call)
      const told = retryAfterOf(result)
      // Whoever asks for more than this gets the answer, not a call that hangs.
      if (attempt >= call.retries || told === undefined || told > longestWaitSeconds) return result
      const backoffMs = firstWaitMs * 2 ** attempt * (0.5 + random())
      await wait(Math.max(told * 1_000, backoffMs), call.signal)
    }
  }
}

const firstWaitMs = 400
const longestWaitSeconds = 10

/** The seconds before a repetition makes sense, `undefined` where it does not. */
function retryAfterOf(result: { kind: string }): number | undefined {
  if (result.kind === 'unreachable') return 0
  const status = 'status' in result ? Number(result.status) : 0
  if (result.kind !== 'unavailable' && (status < 502 || status > 504)) return undefined
  return 'retryAfterSeconds' in result ? Number(result.retryAfterSeconds) : 0
}

function read<Code extends string, Answer>(
  { ok, status, headers }: Response,
  text: string,
  { codes, isAnswer }: Exchange<Code, Answer>,
): Ending<Code, Answer> {
  const fields = fieldsOf(text)
  if (ok && isAnswer(fields)) return { kind: 'answered', fields, headers }
  const { code, detail, errors, requestId } = fields
  const facts: RefusalFacts = {
    ...(typeof detail === 'string' ? { detail } : {}),
    ...(isErrors(errors) ? { errors } : {}),
    ...(typeof requestId === 'string' ? { requestId } : {}),
  }
  const retryAfterSeconds = secondsOf(headers.get('retry-after'))
  const kind = ok ? undefined : codes.find((one) => one === code)
  if (kind !== undefined) return { kind, ...facts, retryAfterSeconds: retryAfterSeconds ?? 1 }
  return {
    kind: 'unexpected',
    status,
    ...facts,
    ...(typeof code === 'string' ? { code } : {}),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  }
}

/** None where the text is no JSON object. */
function fieldsOf(text: string): Fields {
  try {
    const value = fromWire(JSON.parse(text))
    return isFields(value) ? value : {}
  } catch {
    return {}
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isErrors(value: unknown): value is NonNullable<RefusalFacts['errors']> {
  return Array.isArray(value) && value.every(isFields)
}

/** Seconds, or a date as proxies write it. A browser shows the header of a foreign origin only where that exposes it. */
function secondsOf(header: string | null): number | undefined {
  if (header === null) return undefined
  if (/^\d{1,9}$/.test(header)) return Number(header)
  const seconds = Math.ceil((Date.parse(header) - Date.now()) / 1_000)
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds)
}

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal?.addEventListener('abort', end)
  })
}
