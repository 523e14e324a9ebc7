import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createTestClock } from '../clock.ts'
import { createNeighbours, createSilentProvider } from '../neighbours.ts'
import { startPostgres } from './server.ts'

const postgres = await startPostgres()
const phone = '+14155552671'
const day = 86_400_000

describe('machines whose clocks are days apart', () => {
  it('tell the time of their PostgreSQL', async (t) => {
    const store = await postgres.open()
    t.after(() => store.close())
    const before = Date.now()
    const told = await store.now?.()
    assert.ok(told !== undefined && Number.isInteger(told))
    assert.ok(told >= before - 1_000 && told <= Date.now() + 1_000)

    const create = createNeighbours(t, postgres.newPlace())
    for (const ahead of [-day, day]) {
      const clock = createTestClock(Date.now() + ahead)
      const test = await create({ clock, databaseClock: store.now })
      const result = await test.app.messages.send({ toPhone: phone, message: 'Hello' })
      assert.ok(result.kind === 'accepted')
      assert.ok(Math.abs(result.message.createdAt - Date.now()) < 5_000)
    }
  })

  it('take no message from each other, and send what is due', async (t) => {
    const create = createNeighbours(t, postgres.newPlace())
    // What the server's clock shows, turned by hand.
    const shared = createTestClock()
    const databaseClock = async () => shared.now()
    const { provider, called } = createSilentProvider(t)
    const sending = await create({ provider, databaseClock, config: { worker: 'background' } })
    const ahead = createTestClock(shared.now() + day)
    const behind = createTestClock(shared.now() - day)
    const others = [
      await create({ clock: ahead, databaseClock }),
      await create({ clock: behind, databaseClock }),
    ]
    const result = await sending.app.messages.send({ toPhone: phone, message: 'Hello' })
    assert.ok(result.kind === 'accepted')
    await called
    const { id } = result.message
    const turnAll = async (ms: number) => {
      for (const clock of [shared, ahead, behind]) await clock.advance(ms)
    }
    const statuses = async () => {
      const found: (string | undefined)[] = []
      for (const other of others) {
        await other.app.runDue()
        found.push((await other.app.messages.get(id))?.message.status)
      }
      return found
    }
    assert.deepEqual(await statuses(), ['SENDING', 'SENDING'])
    ahead.step(-3 * day)
    await turnAll(29_000)
    assert.deepEqual(await statuses(), ['SENDING', 'SENDING'])
    await turnAll(1_000)
    assert.deepEqual(await statuses(), ['IN_DOUBT', 'IN_DOUBT'])
  })
})
