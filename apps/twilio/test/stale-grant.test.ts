import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createTestClock } from './clock.ts'
import { createTestApp } from './app.ts'
import { acceptedReport, createStubProvider } from './stub-provider.ts'

describe('a place in the pace', () => {
  it('is not used by a process that was stopped between the grant and the call', async (t) => {
    const clock = createTestClock()
    let lateMs = 150
    const calls: number[] = []
    const provider = createStubProvider(async ({ toPhone }) => {
      calls.push(clock.now())
      return acceptedReport(toPhone)
    })
    let stepped = 0
    const test = await createTestApp(t, {
      config: { delivery: { pace: { default: 1 } } },
      provider,
      clock: {
        ...clock,
        // Each look at the clock finds it further on: a slow process, for its first few looks.
        monotonic: () => clock.monotonic() + (stepped += lateMs),
      },
    })
    const sent = await test.app.messages.send({ toPhone: '+14155552671', message: 'hello' })
    assert.ok(sent.kind === 'accepted')
    for (let i = 0; i < 4; i++) {
      await test.app.runDue()
      await clock.advance(2_000)
    }
    assert.equal(calls.length, 0, 'what it was granted was too old by then')
    lateMs = 0
    await test.app.runDue()
    assert.equal(calls.length, 1)
    const found = await test.app.messages.get(sent.message.id)
    assert.equal(found?.message.attempts, 1, 'what was given back did not count')
  })
})
