import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { createTestClock } from '../../test/clock.ts'
import { someSettings } from '../../test/fake-services.ts'
import { openSqlite } from '../storage/engines/sqlite.ts'
import { createFlow } from './flow.ts'

const silence = () => undefined
const logger = { debug: silence, info: silence, warn: silence, error: silence }

/** Processes whose calls have all failed: each has opened its breaker. */
async function createOpenFlows(t: TestContext) {
  const clock = createTestClock()
  const store = openSqlite(':memory:')
  t.after(() => store.close())
  await store.migrate()
  const create = async (holder: string, hasTurn: boolean) => {
    const settings = someSettings()
    const random = () => 0
    const parts = { settings, store, clock, random, holder, logger, hasTurn: () => hasTurn }
    const flow = createFlow(parts)
    for (let i = 0; i < 5; i++) await flow.note({ kind: 'failed' })
    assert.equal(flow.isOpen(), true)
    return flow
  }
  return { clock, create }
}

describe('the probe of an open breaker', () => {
  it('goes on to whoever asks about the doubtful, where nothing is to be sent', async (t) => {
    const { clock, create } = await createOpenFlows(t)
    const [sender, asker] = [await create('a', false), await create('b', true)]
    await clock.advance(5_000)
    assert.equal(await sender.takeProbe(), true)
    assert.equal(await asker.takeProbe(), false)
    await sender.skipProbe('nothing')
    assert.equal(sender.lookUps(9), 0, 'it has nobody to ask about')
    await clock.advance(1_000)
    assert.equal(await asker.takeProbe(), true)
    await asker.skipProbe('nothing')
    assert.equal(asker.lookUps(9), 1)
    await clock.advance(1_000)
    assert.equal(await sender.takeProbe(), false, 'one in five seconds')
  })

  it('is not asked for again by whoever found nothing to send, for five seconds', async (t) => {
    const { clock, create } = await createOpenFlows(t)
    const flow = await create('a', false)
    await clock.advance(5_000)
    assert.equal(await flow.takeProbe(), true)
    await flow.skipProbe('nothing')
    await clock.advance(4_999)
    assert.equal(await flow.takeProbe(), false)
    await clock.advance(1)
    assert.equal(await flow.takeProbe(), true)
  })
})
