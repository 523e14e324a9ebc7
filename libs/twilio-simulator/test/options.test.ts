import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createSimulator } from '../src/index.ts'
import type { SimulatorOptions } from '../src/index.ts'

describe('createSimulator', () => {
  const wrong: [name: string, options: SimulatorOptions][] = [
    ['accountSid', { accountSid: 'AC1' }],
    ['testAccountSid', { testAccountSid: `SK${'0'.repeat(32)}` }],
    ['apiKeys', { apiKeys: [{ sid: 'SK', secret: 'x' }] }],
    ['messagingServices.sid', { messagingServices: [{ sid: 'MG', senders: [] }] }],
    ['verifyService.sid', { verifyService: { sid: 'VA' } }],
    ['verifyService.codeLength', { verifyService: { codeLength: 3 } }],
    ['verifyService.lifetimeMs', { verifyService: { lifetimeMs: 0 } }],
    ['inboundUrl', { inboundUrl: '/inbound' }],
    ['delays.sentMs', { delays: { sentMs: -1 } }],
    ['requestLogSize', { requestLogSize: 0 }],
  ]
  for (const [name, options] of wrong) {
    it(`names ${name} when it makes no sense`, () => {
      assert.throws(() => createSimulator(options), {
        name: 'RangeError',
        message: new RegExp(`^createSimulator: ${name} has`),
      })
    })
  }

  it('works without any setting, with SIDs that look real', async (t) => {
    const simulator = createSimulator()
    t.after(() => simulator.close())
    assert.match(simulator.accountSid, /^AC[0-9a-f]{32}$/)
    assert.match(simulator.authToken, /^[0-9a-f]{32}$/)
    assert.match(simulator.verifyServiceSid, /^VA[0-9a-f]{32}$/)
    assert.match(simulator.messagingServiceSid ?? '', /^MG[0-9a-f]{32}$/)
    assert.notEqual(simulator.testAccountSid, simulator.accountSid)
  })
})
