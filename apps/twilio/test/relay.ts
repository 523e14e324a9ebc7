import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** Connections to a server that pass through this process, where something can happen to them. */
export interface Relay {
  /** The server's address through here. */
  url: string
  port: number
  server: Server
  /** Both ends of every connection that stands. */
  ends: ReadonlySet<Socket>
  /** Takes no connections any more and ends those that stand. */
  close(): Promise<void>
}

/** Listens for connections to the server at `url`; `pass` hands on what comes in at one end, or does not. */
export async function openRelay(
  url: string,
  pass: (data: Buffer, other: Socket) => void,
): Promise<Relay> {
  const { hostname, port: farPort } = new URL(url)
  const ends = new Set<Socket>()
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port: Number(farPort), host: hostname, noDelay: true })
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(one)
      one.on('data', (data) => pass(data, other))
      one.on('error', () => undefined)
      one.on('close', () => {
        ends.delete(one)
        other.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0

  return {
    url: url.replace(`:${farPort}`, `:${port}`),
    port,
    server,
    ends,
    async close() {
      const closed = once(server, 'close')
      server.close()
      for (const end of ends) end.destroy()
      await closed
    },
  }
}
