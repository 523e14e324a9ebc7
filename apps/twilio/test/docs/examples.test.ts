import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import {
  delivers,
  hasArrived,
  keepsStrangersOut,
  leavesTheRestToTheHost,
  verifies,
} from './host-contract.ts'
import { freePort } from '../free-port.ts'
import { startHost } from './host-program.ts'

const phone = '+14155552672'

for (const name of ['express', 'hono']) {
  const file = (path: string) =>
    fileURLToPath(new URL(`../../../../examples/${name}/${path}`, import.meta.url))

  describe(`examples/${name}`, () => {
    it('is a shop with our routes beside its own', async (t) => {
      const port = await freePort()
      const files = { server: file('server.ts'), config: file('twilio.config.ts'), port }
      const host = await startHost(t, files)
      await delivers(host)
      await keepsStrangersOut(host)
      await leavesTheRestToTheHost(host)

      // The shop sends by itself, and its body parser reads its own routes' bodies.
      const ships = await Promise.all(
        [1, 2].map(() => host.call('POST', '/orders/17/ship', { phone })),
      )
      assert.deepEqual(
        ships.map((one) => one.status),
        [202, 202],
      )
      const [first, second] = ships.map((one) => one.body['sms'])
      assert.equal(first, second)
      await hasArrived(host, String(first))
      assert.equal(host.twilio.messages({ to: phone }).length, 1)
      assert.equal((await host.call('POST', '/orders/18/ship', { phone: '17' })).status, 422)

      const token = await verifies(host)
      const welcome = await host.call('POST', '/login', { token })
      assert.deepEqual(welcome.body, { welcome: '+14155552671' })
      assert.equal((await host.call('POST', '/login', { token: `${token}x` })).status, 401)

      // Its settings open the verification to front ends, and nothing else.
      const anybody = await host.call('POST', '/sms/api/sms/verify/start/', { to_phone: phone })
      assert.equal(anybody.status, 202)
      await host.stop()
    })
  })
}
