import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, it } from 'node:test'
import { createTestClock, type TestClock } from '../../test/clock.ts'
import { testProgram } from '../../test/test-program.ts'
import { silentLogger } from '../domain/log.ts'
import { openSqlite } from '../storage/engines/sqlite.ts'
import type { Store, Tables, ThrottleStore } from '../storage/store.ts'
import type { Claim } from './claims.ts'
import { createThrottles, type TakeResult, type Throttles } from './throttles.ts'

const minute = { limit: 2, windowSeconds: 60 }
const phone = (key = 'sms:retry:+1'): Claim => ({ key, rules: [minute] })

const segments = (cost: number): Claim => ({
  key: 'sms:segments',
  rules: [{ limit: 10, windowSeconds: 60 }],
  cost,
})
const ten = (round: number): Claim => ({
  key: `sms:retry:${round % 3}`,
  rules: [{ limit: 10, windowSeconds: 60 }],
})

interface Bench {
  store: Store
  clock: TestClock
  throttles: Throttles
  take: (...claims: Claim[]) => Promise<TakeResult>
  giveBack: (at: number, ...claims: Claim[]) => Promise<void>
}

for (const kind of ['database', 'memory'] as const) {
  const on = async (run: (bench: Bench) => Promise<void>): Promise<void> => {
    const store = openSqlite(':memory:')
    await store.migrate()
    const clock = createTestClock(0)
    const throttles = createThrottles({ clock, store: kind, logger: silentLogger })
    const take: Bench['take'] = (...claims) =>
      store.transaction((tables) =>
        throttles.within(tables, claims, async (_, limits) => limits.take(claims)),
      )
    const giveBack: Bench['giveBack'] = (at, ...claims) =>
      store.transaction((tables) => throttles.giveBack(tables.throttles, claims, at))
    try {
      await run({ store, clock, throttles, take, giveBack })
    } finally {
      await store.close()
    }
  }

  describe(`throttles in ${kind}`, () => {
    it('tells when the same would pass once more', () =>
      on(async ({ take, clock }) => {
        assert.deepEqual(await take(phone()), { kind: 'allowed', at: 0, nextAt: 0 })
        await clock.advance(10_000)
        assert.deepEqual(await take(phone()), { kind: 'allowed', at: 10_000, nextAt: 60_000 })
      }))

    it('refuses until the exact moment', () =>
      on(async ({ take, clock }) => {
        await take(phone())
        await take(phone())
        await clock.advance(59_999)
        const refused = { kind: 'refused', key: 'sms:retry:+1', retryAfterSeconds: 1 }
        assert.deepEqual(await take(phone()), refused)
        await clock.advance(1)
        assert.equal((await take(phone())).kind, 'allowed')
      }))

    it('takes from all limits or from none', () =>
      on(async ({ take }) => {
        const full = phone('sms:codes')
        await take(full, full)
        assert.equal((await take(phone(), full)).kind, 'refused')
        assert.equal((await take(phone())).kind, 'allowed')
        assert.equal((await take(phone())).kind, 'allowed')
        assert.equal((await take(phone())).kind, 'refused')
      }))

    it('names the limit that holds longest', () =>
      on(async ({ take }) => {
        const hour: Claim = { key: 'hour', rules: [{ limit: 1, windowSeconds: 3_600 }] }
        const second: Claim = { key: 'second', rules: [{ limit: 1, windowSeconds: 1 }] }
        await take(second, hour)
        const refused = { kind: 'refused', key: 'hour', retryAfterSeconds: 3_600 }
        assert.deepEqual(await take(second, hour), refused)
      }))

    it('counts costs', () =>
      on(async ({ take }) => {
        assert.equal((await take(segments(7))).kind, 'allowed')
        assert.equal((await take(segments(4))).kind, 'refused')
        assert.equal((await take(segments(3))).kind, 'allowed')
      }))

    it('gives back', () =>
      on(async ({ take, giveBack, throttles }) => {
        await take(phone())
        await take(phone())
        assert.equal((await take(phone())).kind, 'refused')
        await giveBack(0, phone())
        assert.equal(throttles.precheck([phone()]).kind, 'allowed')
        assert.equal((await take(phone())).kind, 'allowed')
        assert.equal((await take(phone())).kind, 'refused')
      }))

    it('never refuses without rules', () =>
      on(async ({ take, giveBack, throttles }) => {
        const free: Claim = { key: 'sms:codes', rules: [] }
        for (let i = 0; i < 5; i++) assert.equal((await take(free)).kind, 'allowed')
        assert.equal(throttles.precheck([free]).kind, 'allowed')
        await giveBack(0, free)
      }))

    it('lets exactly ten of five hundred through, round after round', () =>
      on(async ({ take, clock }) => {
        for (let round = 0; round < 6; round++) {
          if (round % 3 === 0) await clock.advance(60_000)
          const results = await Promise.all(Array.from({ length: 500 }, () => take(ten(round))))
          assert.equal(results.filter((one) => one.kind === 'allowed').length, 10)
        }
      }))
  })
}

describe('precheck', () => {
  const counters: ThrottleStore = {
    lock: async (keys) => new Map(keys.map((key) => [key, [{ at: 0, cost: 2 }]])),
    save: async () => {},
    read: async () => new Map(),
    sweep: async () => 0,
  }
  const take = (throttles: Throttles, claim: Claim) =>
    throttles.within({ throttles: counters } as Tables, [claim], async (_, limits) =>
      limits.take([claim]),
    )

  it('answers a known refusal without the database, with the time that is left', async () => {
    const clock = createTestClock(0)
    const throttles = createThrottles({ clock, store: 'database', logger: silentLogger })
    assert.equal(throttles.precheck([phone()]).kind, 'allowed')
    await take(throttles, phone())
    await clock.advance(9_000)
    const refused = { kind: 'refused', key: 'sms:retry:+1', retryAfterSeconds: 51 }
    assert.deepEqual(throttles.precheck([phone('other'), phone()]), refused)
  })

  it('asks the database anew after ten seconds, as the refusal may have been undone', async () => {
    const clock = createTestClock(0)
    const throttles = createThrottles({ clock, store: 'database', logger: silentLogger })
    await take(throttles, phone())
    await clock.advance(10_000)
    assert.equal(throttles.precheck([phone()]).kind, 'allowed')
  })

  it('does not hold against a request that costs less', async () => {
    const throttles = createThrottles({
      clock: createTestClock(0),
      store: 'database',
      logger: silentLogger,
    })
    await take(throttles, { ...phone(), cost: 2 })
    assert.equal(throttles.precheck([phone()]).kind, 'allowed')
    assert.equal(throttles.precheck([{ ...phone(), cost: 3 }]).kind, 'refused')
  })

  it('remembers ten thousand refusals and no more', async () => {
    const throttles = createThrottles({
      clock: createTestClock(0),
      store: 'database',
      logger: silentLogger,
    })
    for (let i = 0; i <= 10_000; i++) await take(throttles, phone(`key ${i}`))
    assert.equal(throttles.precheck([phone('key 0')]).kind, 'allowed')
    assert.equal(throttles.precheck([phone('key 1')]).kind, 'refused')
  })
})

describe('throttles of several processes', () => {
  it('let exactly ten through in all', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'throttles-'))
    const file = join(folder, 'sms.db')
    const store = openSqlite(file)
    await store.migrate()
    await store.close()
    const rivals = Array.from({ length: 4 }, () => startRival(file))
    try {
      for (const rival of rivals) assert.equal(await rival.answer(), 'ready')
      const winners = new Set<number>()
      for (let round = 0; round < 10; round++) {
        // Another one gets the head start each time, so that the places go to more than one process.
        rivals.forEach((_, i) => rivals[(i + round) % rivals.length]?.ask(`round ${round}`))
        const counts: number[] = []
        for (const rival of rivals) counts.push(Number(await rival.answer()))
        assert.equal(
          counts.reduce((sum, count) => sum + count, 0),
          10,
          `round ${round}: ${counts.join(', ')}`,
        )
        counts.forEach((count, i) => count > 0 && winners.add(i))
      }
      assert.ok(winners.size > 1, 'the processes never met: the test says nothing')
    } finally {
      for (const rival of rivals) await rival.end()
      rmSync(folder, { recursive: true })
    }
  })
})

/** Another process over the same database. */
function startRival(file: string) {
  const program = testProgram(import.meta.dirname, '../../test/rival-process.ts')
  const child = spawn(process.execPath, [...program, file], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const closed = once(child, 'close')
  return {
    ask: (line: string) => child.stdin.write(`${line}\n`),
    answer: async () => String((await lines.next()).value),
    async end() {
      child.stdin.end()
      await closed
    },
  }
}
