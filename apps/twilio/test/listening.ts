import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'
import type { TestContext } from 'node:test'

/** Has a server listen, on this machine and a free port unless said otherwise, until the test ends; answers the port. */
export async function listening(
  t: Pick<TestContext, 'after'>,
  server: Server,
  { host = '127.0.0.1', port = 0 } = {},
): Promise<number> {
  server.listen(port, host)
  await once(server, 'listening')
  t.after(async () => {
    if ('closeAllConnections' in server && typeof server.closeAllConnections === 'function')
      server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return (server.address() as AddressInfo).port
}
