import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** The wire to a server, to be cut by hand. */
export interface Cable {
  /** The server's address over this wire. */
  url: string
  /** Ends every connection and refuses new ones. */
  cut(): Promise<void>
  /** Connections stay and are made, and nothing comes through. */
  clog(): void
  mend(): Promise<void>
  close(): Promise<void>
}

/** Lays a wire to the server at `url`. */
export async function layCable(url: string): Promise<Cable> {
  const { hostname, port } = new URL(url)
  const ends = new Set<Socket>()
  let clogged = false
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(one)
      one.on('data', (data) => clogged || other.write(data))
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
  const own = typeof address === 'object' && address ? address.port : 0

  async function cut(): Promise<void> {
    const closed = once(server, 'close')
    server.close()
    for (const end of ends) end.destroy()
    await closed
  }
  return {
    url: url.replace(`:${port}`, `:${own}`),
    cut,
    clog() {
      clogged = true
    },
    async mend() {
      clogged = false
      for (const end of ends) end.destroy()
      if (server.listening) return
      server.listen(own, '127.0.0.1')
      await once(server, 'listening')
    },
    async close() {
      if (server.listening) await cut()
    },
  }
}
