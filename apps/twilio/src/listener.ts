import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { isIPv6, type Socket } from 'node:net'
import { TwilioAppError } from './config.ts'
import type { Logger } from './domain/log.ts'
import { rawRefusal, refuse } from './listener-refusals.ts'

/** The server cannot listen where it was told to; the message says why in one line. */
export class ListenError extends TwilioAppError {
  override readonly name = 'ListenError'
}

/** What answers requests once there is something to answer them with. */
export type Answerer = (request: IncomingMessage, response: ServerResponse) => unknown

/** An open port. Until `serve` is called it answers 503. */
export interface Listener {
  /** With the real port where 0 was asked for: `http://127.0.0.1:4400`. */
  url: string
  serve(answerer: Answerer): void
  /** Takes nothing new, lets running requests finish for `drainMs`, then cuts them. */
  close(drainMs: number): Promise<void>
}

// Node's own limit drops what is over it without a word: a credential, it may be.
const mostHeaders = 100

/**
 * Opens a port whose slow and malformed clients are cut. A slow answer is none of that: the limits
 * are on receiving. Rejects with `ListenError`.
 */
export async function openListener(where: {
  host: string
  port: number
  logger: Logger
}): Promise<Listener> {
  const running = new Set<ServerResponse>()
  const responseOn = new WeakMap<object, ServerResponse>()
  let closing = false
  let answerer: Answerer = answerStarting

  const server = createServer(
    {
      maxHeaderSize: 16_384,
      headersTimeout: 5_000,
      requestTimeout: 10_000,
      // Longer than the 60 s of the usual balancers: they must be the ones to close an idle one.
      keepAliveTimeout: 65_000,
      // Node looks for slow clients every 30 s; the limits above are then 35 and 40.
      connectionsCheckingInterval: 500,
    },
    (request, response) => {
      const { socket } = request
      running.add(response)
      if (!responseOn.has(socket)) responseOn.set(socket, response)
      response.once('close', () => {
        running.delete(response)
        if (responseOn.get(socket) === response) responseOn.delete(socket)
        // Only after this turn does the connection count as idle.
        if (closing) setImmediate(() => server.closeIdleConnections())
      })
      if (closing) response.setHeader('connection', 'close')
      if (request.rawHeaders.length > 2 * mostHeaders) refuse(response, 'headers-too-large')
      else answerer(request, response)
    },
  )

  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // In the middle of an answer a second one would be read as part of it.
    const begun = responseOn.get(socket)?.headersSent === true
    if (begun || !socket.writable || error.code === 'ECONNRESET') return socket.destroy()
    // The sockets of a server stay half open after `end`: without the second step for ever.
    return socket.end(rawRefusal(error.code), () => socket.destroy())
  })

  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, where)))
    server.listen({ host: where.host, port: where.port }, () => {
      server.removeAllListeners('error')
      resolve()
    })
  })
  // Too many open files, as a rule: who is connected must not pay for who could not be.
  server.on('error', (error: NodeJS.ErrnoException) =>
    where.logger.error(
      { event: 'accept-failed', reason: error.code },
      'a connection was not taken',
    ),
  )

  return {
    url: urlOf(where.host, server.address()),
    serve(next) {
      answerer = next
    },
    async close(drainMs) {
      closing = true
      for (const response of running) {
        if (!response.headersSent) response.setHeader('connection', 'close')
      }
      const cut = setTimeout(() => server.closeAllConnections(), drainMs)
      await new Promise((resolve) => server.close(resolve))
      clearTimeout(cut)
    },
  }
}

function answerStarting(_: IncomingMessage, response: ServerResponse): unknown {
  return refuse(response, 'starting')
}

function urlOf(
  host: string,
  address: ReturnType<ReturnType<typeof createServer>['address']>,
): string {
  if (address === null || typeof address === 'string') throw new Error('not a port')
  return `http://${isIPv6(host) ? `[${host}]` : host}:${address.port}`
}

function listenError(
  error: NodeJS.ErrnoException,
  where: { host: string; port: number },
): ListenError {
  const { host, port } = where
  const words: Record<string, string> = {
    EADDRINUSE: `port ${port} on ${host} is in use by another program`,
    EACCES: `port ${port} on ${host} needs rights that this program does not have`,
    EADDRNOTAVAIL: `${host} is not an address of this machine`,
    ENOTFOUND: `the host ${host} is not known`,
  }
  const reason = words[error.code ?? ''] ?? `${host} port ${port}: ${error.code ?? error.message}`
  return new ListenError(`cannot listen: ${reason}`, { cause: error })
}
