import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createTestClock } from '../../test/clock.ts'
import type { LogFields } from '../domain/log.ts'
import { createSteadyClock } from './steady-clock.ts'

const day = 86_400_000

/** A steady clock over one that is turned by hand, on a machine that can sleep. */
function createBench({ databaseAhead }: { databaseAhead?: number | undefined } = {}) {
  const clock = createTestClock()
  const logs: LogFields[] = []
  const log = (fields: LogFields) => void logs.push(fields)
  const start = clock.now()
  let asleep = 0
  const database = { ahead: databaseAhead ?? 0, asked: 0, takesMs: 0, isAway: false }
  const steady = createSteadyClock({
    clock: { ...clock, uptime: () => 5_000_000 + clock.monotonic() + asleep },
    askDatabase:
      databaseAhead === undefined
        ? undefined
        : async () => {
            database.asked++
            if (database.isAway) throw new Error('away')
            await clock.advance(database.takesMs / 2)
            const told = start + clock.monotonic() + database.ahead
            await clock.advance(database.takesMs / 2)
            return told
          },
    logger: { debug: log, info: log, warn: log, error: log },
  })
  return {
    steady,
    clock,
    logs,
    database,
    /** How far it is from a clock that nobody has touched. */
    off: () => steady.now() - (start + clock.monotonic()),
    sleep: (ms: number) => {
      asleep += ms
      clock.step(ms)
    },
  }
}

describe('a steady clock', () => {
  for (const step of [day, -day]) {
    it(`goes on as before when the machine's is set by ${step / day} day, and says so once`, async () => {
      const { steady, clock, logs, off } = createBench()
      await steady.follow()
      clock.step(step)
      assert.equal(off(), 0)
      for (let i = 0; i < 10; i++) {
        await clock.advance(3_000)
        assert.equal(off(), 0)
      }
      assert.deepEqual(logs, [{ event: 'clock-stepped', seconds: step / 1_000 }])
      clock.step(-step)
      assert.equal(off(), 0)
      assert.equal(logs.length, 2, 'setting it back is another step')
    })
  }

  it('follows small corrections, also those after a step', async () => {
    const { steady, clock, logs, off } = createBench()
    await steady.follow()
    clock.step(4_000)
    await clock.advance(5_000)
    assert.equal(off(), 4_000)
    clock.step(day)
    assert.equal(off(), 4_000)
    clock.step(-300)
    await clock.advance(5_000)
    assert.equal(off(), 3_700)
    assert.equal(logs.length, 1)
  })

  it('adds the time that the machine slept at once, for leases too', async () => {
    const { steady, logs, off, sleep } = createBench()
    await steady.follow()
    const before = steady.monotonic()
    sleep(3_600_000)
    assert.equal(steady.monotonic() - before, 3_600_000)
    assert.equal(off(), 3_600_000)
    assert.deepEqual(logs, [])
  })
})

describe('a steady clock over that of a database', () => {
  it("follows the database's from the start on, whatever the machine's says", async () => {
    const { steady, clock, logs, off } = createBench({ databaseAhead: 123_456 })
    assert.equal(off(), 0)
    await steady.follow()
    assert.equal(off(), 123_456)
    clock.step(day)
    assert.equal(off(), 123_456)
    await clock.advance(20_000)
    assert.equal(off(), 123_456)
    assert.deepEqual(logs, [])
  })

  it('takes the answer for one given half-way, and a slow one for none', async () => {
    const { steady, database, off } = createBench({ databaseAhead: 1_000 })
    database.takesMs = 600
    await steady.follow()
    assert.equal(off(), 1_000)
    Object.assign(database, { takesMs: 1_500, ahead: 2_000 })
    await steady.follow()
    assert.equal(off(), 1_000)
    database.takesMs = 20
    await steady.follow()
    assert.equal(off(), 2_000)
  })

  it('asks once in five seconds while it is used, and not before it was told to', async () => {
    const { steady, clock, database } = createBench({ databaseAhead: 0 })
    await clock.advance(60_000)
    steady.now()
    assert.equal(database.asked, 0)
    await steady.follow()
    for (let i = 0; i < 100; i++) {
      await clock.advance(100)
      steady.now()
    }
    assert.equal(database.asked, 3)
  })

  it('goes on by the monotonic clock while the database is away', async () => {
    const { steady, clock, database, off } = createBench({ databaseAhead: 5_500 })
    await steady.follow()
    database.isAway = true
    clock.step(-day)
    for (let i = 0; i < 10; i++) {
      await clock.advance(6_000)
      assert.equal(off(), 5_500)
    }
    assert.equal(database.asked, 11, 'it is asked again, and no more often than else')
  })

  it('follows a jump, which may have been its own standstill: leases have run on meanwhile', async () => {
    const { steady, clock, database, logs, off } = createBench({ databaseAhead: 0 })
    await steady.follow()
    const before = steady.monotonic()
    database.ahead = 600_000
    await clock.advance(5_000)
    await steady.follow()
    assert.equal(off(), 600_000)
    assert.equal(steady.monotonic() - before, 605_000)
    assert.deepEqual(logs, [{ event: 'clock-stepped', seconds: 600 }])
  })
})
