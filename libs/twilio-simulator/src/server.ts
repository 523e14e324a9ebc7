import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Reply } from './reply.ts'

/** A simulator that listens on a port. */
export interface ListeningSimulator {
  /** Such as `http://localhost:4010`, without a slash at the end. */
  url: string
  /** Ends every connection, also those in use. */
  close(): Promise<void>
}

/** Serves over real HTTP, where connections can break. */
export async function serve(
  respond: (request: Request) => Promise<Reply>,
  where: { port: number; host: string },
): Promise<ListeningSimulator> {
  const server = createServer((incoming, outgoing) => {
    answer(respond, incoming, outgoing).catch((error: unknown) => {
      // A mistake of the simulator's own must not look like a fault that was asked for.
      if (outgoing.destroyed || outgoing.headersSent) return
      outgoing.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' })
      outgoing.end(
        `twilio-simulator broke: ${error instanceof Error ? error.stack : String(error)}`,
      )
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(where.port, where.host, resolve)
  })
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : where.port
  // The official SDK breaks an IP address when a region is set in its environment; a name is safe.
  const host = ['127.0.0.1', '0.0.0.0', '::'].includes(where.host) ? 'localhost' : where.host
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    close: async () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  respond: (request: Request) => Promise<Reply>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const chunks: Uint8Array[] = []
  for await (const chunk of incoming) if (chunk instanceof Uint8Array) chunks.push(chunk)
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined) headers.set(name, String(value))
  const { method = 'GET', url = '/' } = incoming
  const hasBody = method !== 'GET' && method !== 'HEAD'
  const request = new Request(`http://${incoming.headers.host ?? 'localhost'}${url}`, {
    method,
    headers,
    ...(hasBody ? { body: Buffer.concat(chunks) } : {}),
  })
  write(await respond(request), outgoing)
}

function write(reply: Reply, outgoing: ServerResponse): void {
  const { socket } = outgoing
  if (reply.kind === 'hang-up') {
    if (reply.by === 'reset') socket?.resetAndDestroy()
    else socket?.destroy()
    return
  }
  if (reply.kind === 'stream') {
    outgoing.writeHead(200, reply.headers)
    const close = reply.open((text) => outgoing.write(text))
    outgoing.once('close', close)
    return
  }
  const { status, headers, body, sentBytes } = reply
  const bytes = Buffer.from(body)
  if (sentBytes === undefined) {
    outgoing.writeHead(status, { ...headers, 'content-length': String(bytes.length) })
    outgoing.end(bytes)
    return
  }
  outgoing.writeHead(status, { 'content-length': String(bytes.length), ...headers })
  outgoing.write(bytes.subarray(0, sentBytes), () => socket?.end())
}
