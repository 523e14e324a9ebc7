import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { createTestClock } from '../../test/clock.ts'
import type { LogFields } from '../domain/log.ts'
import { openSqlite } from '../storage/engines/sqlite.ts'
import type { Store } from '../storage/store.ts'
import { createPresence } from './presence.ts'

async function createBench(t: TestContext) {
  const clock = createTestClock()
  const real = openSqlite(':memory:')
  t.after(() => real.close())
  await real.migrate()
  const calls = { transactions: 0, takes: 0 }
  let isAway = false
  const store: Store = {
    ...real,
    transaction(work) {
      calls.transactions++
      return isAway ? Promise.reject(new Error('away')) : real.transaction(work)
    },
    leases: {
      ...real.leases,
      take(lease) {
        calls.takes++
        return real.leases.take(lease)
      },
    },
  }
  const logs: LogFields[] = []
  const log = (fields: LogFields) => void logs.push(fields)
  const logger = { debug: log, info: log, warn: log, error: log }
  const create = (id: string, machine = { host: 'desk', pid: 7 }) =>
    createPresence({
      settings: { delivery: { leaseSeconds: 30 } },
      store,
      clock,
      logger,
      newId: () => id,
      machine,
      isAlive: (pid) => pid === 8,
      inFlight: () => 3,
    })
  return {
    clock,
    calls,
    logs,
    create,
    real,
    setAway: (away: boolean) => {
      isAway = away
    },
  }
}

describe('the presence of a worker', () => {
  it('writes once in five seconds, its turn included', async (t) => {
    const { clock, calls, create, real } = await createBench(t)
    const presence = create('a')
    presence.enter()
    for (let seconds = 0; seconds < 60; seconds++) {
      assert.equal(await presence.hasTurn(), true)
      await clock.advance(1_000)
      // Whoever asks for the list comes after the beat that is under way.
      await real.workers.list()
    }
    assert.equal(calls.takes, 1)
    assert.ok(calls.transactions <= 13, `${calls.transactions} signs of life`)
    await presence.leave()
    assert.equal(clock.pending(), 0)
  })

  it('keeps a turn without signs of life for as long as it is asked for', async (t) => {
    const { clock, calls, create } = await createBench(t)
    const [first, second] = [create('a'), create('b')]
    for (let seconds = 0; seconds < 60; seconds++) {
      assert.equal(await first.hasTurn(), true)
      if (seconds % 10 === 0) assert.equal(await second.hasTurn(), false)
      await clock.advance(1_000)
    }
    assert.ok(calls.takes < 20, `${calls.takes} times`)
    await first.endTurn()
    assert.equal(await second.hasTurn(), true)
  })

  it('notes a turn that somebody else has taken meanwhile', async (t) => {
    const { clock, create } = await createBench(t)
    const [first, second] = [create('a'), create('b')]
    await first.hasTurn()
    await clock.advance(9_000)
    assert.equal(await second.hasTurn(), true)
    assert.equal(await first.hasTurn(), false)
    await first.endTurn()
    await clock.advance(1_000)
    assert.equal(await first.hasTurn(), false, 'what is not its own it does not give back')
  })

  it('follows at once who died on its machine, and nobody else', async (t) => {
    const { clock, create, real } = await createBench(t)
    const others = [
      { host: 'desk', pid: 9 },
      { host: 'desk', pid: 8 },
      { host: 'rack', pid: 9 },
    ]
    for (const [n, machine] of others.entries()) {
      const now = clock.now()
      const record = { id: `other ${n}`, ...machine, inFlight: 0, startedAt: now, beatAt: now }
      await real.workers.beat(record)
    }
    for (const n of others.keys()) {
      const now = clock.now()
      await real.leases.take({ name: 'care', holder: `other ${n}`, now, until: now + 9_000 })
      const presence = create(`new ${n}`)
      presence.enter()
      await clock.advance(0)
      while ((await real.workers.list()).every(({ id }) => id !== `new ${n}`))
        await clock.advance(0)
      assert.equal(await presence.hasTurn(), n === 0, 'only the first one is dead')
      await presence.leave()
      await real.leases.release('care', `other ${n}`)
    }
    assert.deepEqual(
      (await real.workers.list()).map(({ id }) => id),
      ['other 1', 'other 2'],
    )
  })

  it('tries on while the database is away, and says so once each time', async (t) => {
    const { clock, logs, create, real, setAway } = await createBench(t)
    const presence = create('a')
    const live = async (seconds: number) => {
      for (let n = 0; n < seconds; n++) {
        await clock.advance(1_000)
        await real.workers.list()
      }
    }
    presence.enter()
    for (const times of [1, 2]) {
      setAway(true)
      await live(30)
      assert.equal(logs.length, times)
      setAway(false)
      await live(10)
    }
    const [worker] = await real.workers.list()
    assert.ok(worker && clock.now() - worker.beatAt <= 5_000)
    assert.partialDeepStrictEqual(worker, { id: 'a', host: 'desk', pid: 7, inFlight: 3 })
    await presence.leave()
    assert.deepEqual(await real.workers.list(), [])
  })
})
