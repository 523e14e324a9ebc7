import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { createTestClock, type TestClock } from '../../test/clock.ts'
import type { Hits } from '../domain/throttle.ts'
import { silentLogger } from '../domain/log.ts'
import type { Store, Tables } from '../storage/store.ts'
import { createBlocks } from './blocks.ts'
import { createThrottles, type Throttles } from './throttles.ts'

/** A database with one counter, and a lock on it for one transaction at a time. */
function createCounter(): { transaction: Store['transaction']; locks: () => number } {
  let hits: Hits = []
  let locks = 0
  let last: Promise<unknown> = Promise.resolve()
  const throttles: Tables['throttles'] = {
    async lock(keys) {
      locks++
      return new Map(keys.map((key) => [key, hits]))
    },
    async save([entry]) {
      hits = entry?.hits ?? hits
    },
    read: async () => new Map(),
    sweep: async () => 0,
  }
  return {
    locks: () => locks,
    transaction(work) {
      const run = last.then(() => work({ throttles } as Tables))
      last = run.catch(() => undefined)
      return run
    },
  }
}

interface Process {
  throttles: Throttles
  take(cost: number): Promise<boolean>
}

function startProcess(clock: TestClock, store: Pick<Store, 'transaction'>, limit: number): Process {
  const blocks = createBlocks({ clock, store })
  const throttles = createThrottles({ clock, store: 'database', logger: silentLogger, blocks })
  const rules = [{ limit, windowSeconds: 60 }]
  return {
    throttles,
    async take(cost) {
      const claims = [{ key: 'sms:segments', rules, cost }]
      const asked = { claims, whenDown: 'closed' } as const
      const run = (work: (tables: Tables) => Promise<boolean>) => store.transaction(work)
      return throttles.guard(
        run,
        asked,
        async (_, limits) => limits.take(claims).kind === 'allowed',
      )
    },
  }
}

describe('blocks of a large limit', () => {
  it('never let more through than the limit in any window, whatever three processes do', async () => {
    // Bursts, and waits of about a window: what was used late in its block is then just within it.
    const wait = fc.oneof(fc.nat({ max: 900 }), fc.integer({ min: 59_000, max: 60_100 }))
    const burst = fc.record({
      who: fc.nat({ max: 2 }),
      cost: fc.constantFrom(1, 1, 1, 2, 7),
      times: fc.constantFrom(1, 2, 3, 130),
    })
    const step = fc.record({
      waitMs: wait,
      bursts: fc.array(burst, { minLength: 1, maxLength: 3 }),
    })
    const schedule = fc.array(step, { minLength: 4, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(schedule, fc.constantFrom(128, 192), async (steps, limit) => {
        const clock = createTestClock(0)
        const counter = createCounter()
        const processes = [0, 1, 2].map(() => startProcess(clock, counter, limit))
        const used: Hits = []
        for (const { waitMs, bursts } of steps) {
          await clock.advance(waitMs)
          const takes = bursts.flatMap((one) => Array.from({ length: one.times }, () => one))
          const asked = takes.map(async ({ who, cost }) => {
            if (await processes[who]?.take(cost)) used.push({ at: clock.now(), cost })
          })
          await Promise.all(asked)
        }
        for (const { throttles } of processes) await throttles.close()
        for (const { at } of used) {
          const window = used.filter((one) => one.at > at - 60_000 && one.at <= at)
          const sum = window.reduce((total, { cost }) => total + cost, 0)
          assert.ok(sum <= limit, `${sum} of ${limit} in the window that ends at ${at}`)
        }
      }),
      { numRuns: 80 },
    )
  })

  it('let one process alone have all of the limit but a block at most', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(128, 1_000),
        fc.array(fc.constantFrom(1, 4, 60), { minLength: 10, maxLength: 20 }),
        async (limit, groups) => {
          const clock = createTestClock(0)
          const one = startProcess(clock, createCounter(), limit)
          let passed = 0
          const rest = Array.from({ length: 6 }, () => 200)
          for (const size of [...groups, ...rest]) {
            const taken = await Promise.all(Array.from({ length: size }, () => one.take(1)))
            passed += taken.filter(Boolean).length
            await clock.advance(10)
          }
          assert.ok(passed <= limit)
          assert.ok(passed >= limit - Math.floor(limit / 64), `${passed} of ${limit}`)
        },
      ),
      { numRuns: 10 },
    )
  })

  it('spare the counter: a hundred takes lock it a few times', async () => {
    const clock = createTestClock(0)
    const counter = createCounter()
    const one = startProcess(clock, counter, 64_000)
    for (let i = 0; i < 100; i++) assert.equal(await one.take(1), true)
    assert.ok(counter.locks() <= 3, `${counter.locks()} locks`)
  })

  it('are given back when their time is over, and at the end', async () => {
    const clock = createTestClock(0)
    const counter = createCounter()
    const limit = 640
    const [one, other] = [startProcess(clock, counter, limit), startProcess(clock, counter, limit)]
    await one.take(1)
    await one.take(1)
    await clock.advance(2_000)
    await one.take(1)
    await one.take(1)
    await one.throttles.close()
    let passed = 0
    for (let i = 0; i < limit; i++) if (await other.take(1)) passed++
    assert.equal(passed, limit - 4)
  })

  it('leave small limits as they are', async () => {
    const clock = createTestClock(0)
    const counter = createCounter()
    const one = startProcess(clock, counter, 127)
    for (let i = 0; i < 50; i++) await one.take(1)
    assert.equal(counter.locks(), 50)
  })
})
