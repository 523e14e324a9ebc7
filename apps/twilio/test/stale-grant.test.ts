import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createTestApp } from './app.ts'
import { createTestClock } from './clock.ts'
import { acceptedReport, createStubProvider } from './stub-provider.ts'

describe('a place in the pace', () => {
  it('is not used by a process that was too slow between the grant and the call', async (t) => {
    const clock = createTestClock()
    const slowLooks = 400
    let looks = 0
    let lateMs = 0
    const calls: number[] = []
    const provider = createStubProvider(async ({ toPhone }) => {
      calls.push(looks)
      return acceptedReport(toPhone)
    })
    const test = await createTestApp(t, {
      config: { delivery: { pace: { default: 1 } } },
      provider,
      clock: {
        ...clock,
        // A slow process: for a long while each look at the clock finds it further on.
        monotonic: () => clock.monotonic() + (lateMs += ++looks <= slowLooks ? 150 : 0),
      },
    })
    const sent = await test.app.messages.send({ toPhone: '+14155552671', message: 'hello' })
    assert.ok(sent.kind === 'accepted')
    for (let i = 0; i < 4; i++) {
      await test.app.runDue()
      await clock.advance(2_000)
    }
    assert.equal(calls.length, 1)
    const [calledAt = 0] = calls
    assert.ok(
      calledAt > slowLooks,
      'what it was granted before was too old by the time of the call',
    )
    const found = await test.app.messages.get(sent.message.id)
    assert.equal(found?.message.attempts, 1, 'what was given back did not count')
  })
})
