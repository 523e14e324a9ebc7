import { once } from 'node:events'
import { openRelay } from '../relay.ts'

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
  let clogged = false
  const relay = await openRelay(url, (data, other) => clogged || other.write(data))
  const { server, ends } = relay
  return {
    url: relay.url,
    cut: () => relay.close(),
    clog() {
      clogged = true
    },
    async mend() {
      clogged = false
      for (const end of ends) end.destroy()
      if (server.listening) return
      server.listen(relay.port, '127.0.0.1')
      await once(server, 'listening')
    },
    async close() {
      if (server.listening) await relay.close()
    },
  }
}
