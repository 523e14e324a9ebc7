import type { Dispatcher, Pool } from 'undici'
import { TwilioNoReplyError, systemCode } from './errors.ts'

/** One HTTP request. `path` has its query; `headers` hold the credentials. */
export interface TransportRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly origin: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** One HTTP answer. Header names are lower case. */
export interface TransportReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: string
}

/**
 * Carries requests to Twilio. An own one must send a request once at most, follow no redirect, and
 * reject with a `TwilioNoReplyError` whose `sent` is `never` only where the request certainly did
 * not leave; any other rejection is taken as `maybe`.
 */
export interface Transport {
  send(request: TransportRequest): Promise<TransportReply>
  close(): Promise<void>
}

/** Limits of the built-in transport. */
export interface PoolLimits {
  readonly connectTimeoutMs: number
  readonly responseTimeoutMs: number
  readonly connections: number
}

// The longest honest answer is a list page of 1,000 messages, below 2 MiB in most cases; larger
// pages can be asked for in smaller pieces, and a body without end must not fill the memory.
const maxBodyBytes = 2 * 1024 * 1024

/**
 * The built-in transport: one undici pool per origin, opened at the first call. It never repeats a
 * request: undici's own retry was seen to send a reset POST four times.
 */
export function createPoolTransport(limits: PoolLimits): Transport {
  const pools = new Map<string, Promise<Pool>>()
  let closed = false

  async function openPool(origin: string): Promise<Pool> {
    const { Pool } = await import('undici')
    return new Pool(origin, {
      connections: limits.connections,
      pipelining: 1,
      connectTimeout: limits.connectTimeoutMs,
      // The time limits are kept below, to the millisecond and over the whole answer: undici's
      // body limit starts anew with each packet, so an answer that drips would hold a call for ever.
      headersTimeout: 0,
      bodyTimeout: 0,
      // HTTP/2 would add cost and, with it, rules of its own for repeating requests.
      allowH2: false,
    })
  }

  function poolFor(origin: string): Promise<Pool> {
    let pool = pools.get(origin)
    if (pool === undefined) {
      pool = openPool(origin)
      pools.set(origin, pool)
    }
    return pool
  }

  return {
    async send(request) {
      if (closed) throw new TwilioNoReplyError('never', 'closed')
      const begun = performance.now()
      let pool: Pool
      try {
        pool = await poolFor(request.origin)
      } catch (error) {
        pools.delete(request.origin)
        throw new TwilioNoReplyError('never', 'no-http-client', error)
      }
      return new Promise((resolve, reject) => {
        const { method, path, headers, body = null } = request
        pool.dispatch(
          { method, path, headers, body },
          receiver({ ...limits, begun }, resolve, reject),
        )
      })
    },
    async close() {
      closed = true
      const opened = await Promise.allSettled(pools.values())
      pools.clear()
      for (const pool of opened) if (pool.status === 'fulfilled') await pool.value.close()
    },
  }
}

/**
 * Follows one request through undici's dispatch interface. That interface, not `pool.request`,
 * because `onRequestStart` runs just before the first byte is written: what fails earlier certainly
 * did not leave, what fails later may have.
 */
function receiver(
  limits: PoolLimits & { begun: number },
  resolve: (reply: TransportReply) => void,
  reject: (error: TwilioNoReplyError) => void,
): Dispatcher.DispatchHandler {
  let started = false
  let settled = false
  let reply: { status: number; headers: TransportReply['headers'] } | undefined
  let size = 0
  const chunks: Buffer[] = []
  let timer = setTimeout(() => fail('no-connection'), limits.connectTimeoutMs)

  function settle(): boolean {
    if (settled) return false
    settled = true
    clearTimeout(timer)
    return true
  }

  function fail(reason: string, cause?: unknown): void {
    if (!settle()) return
    // A refusal is a refusal, even if its explanation was cut off.
    if (reply !== undefined && !isSuccess(reply.status)) resolve({ ...reply, body: text() })
    else reject(new TwilioNoReplyError(started ? 'maybe' : 'never', reason, cause))
  }

  function text(): string {
    return Buffer.concat(chunks).toString('utf8')
  }

  return {
    onRequestStart(controller) {
      // A process that was stopped while it connected learns of its connection before its timers run.
      // By then somebody else may have sent what it wanted to send.
      if (performance.now() - limits.begun >= limits.connectTimeoutMs) fail('no-connection')
      // Given up while it waited for a connection, and reported as never sent: so it must not be
      // written now. Throwing here makes undici drop the request and keep the connection.
      if (settled) throw new Error('given up before it was sent')
      started = true
      clearTimeout(timer)
      timer = setTimeout(() => {
        fail('timed-out')
        controller.abort(new Error('timed out'))
      }, limits.responseTimeoutMs)
    },
    onResponseStart(_controller, status, headers) {
      if (status >= 200) reply = { status, headers }
    },
    onResponseData(controller, chunk) {
      size += chunk.length
      if (size <= maxBodyBytes) {
        chunks.push(chunk)
      } else {
        fail('too-large')
        controller.abort(new Error('answer too large'))
      }
    },
    onResponseEnd() {
      if (reply === undefined) fail('cut-answer')
      else if (settle()) resolve({ ...reply, body: text() })
    },
    onResponseError(_controller, error) {
      fail(systemCode(error) ?? (started ? 'cut-answer' : 'no-connection'), error)
    },
  }
}

/** Whether a status is one of success. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300
}
