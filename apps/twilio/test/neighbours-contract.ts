import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { TwilioConfig } from '../src/config.ts'
import type { TestApp } from './app.ts'
import { createTestClock } from './clock.ts'
import { createNeighbours, createSilentProvider } from './neighbours.ts'

const phone = '+14155552671'
const second = 1_000

async function send(test: TestApp, message = 'Hello'): Promise<string> {
  const result = await test.app.messages.send({ toPhone: phone, message })
  assert.ok(result.kind === 'accepted')
  return result.message.id
}

async function statusOf(test: TestApp, id: string): Promise<string | undefined> {
  return (await test.app.messages.get(id))?.message.status
}

/** Moves its clock on by a second; what that sets off has time to reach the database. */
async function tick(...tests: TestApp[]): Promise<void> {
  for (const test of tests) await test.advance(second)
  for (let turns = 0; turns < 20; turns++) await turn()
  for (let looks = 0; looks < 24; looks++) for (const { app } of tests) await app.workers.list()
}

/** Answers how many seconds of its clock it took. */
async function secondsUntil(test: TestApp, holds: () => Promise<boolean>): Promise<number> {
  for (let seconds = 0; ; seconds++) {
    if (await holds()) return seconds
    assert.ok(seconds < 300, 'did not happen within five minutes')
    await tick(test)
  }
}

/** Waits until the worker of the first one has the turn; its clock and that of the other one go together. */
async function untilItsTurn(first: TestApp, other: TestApp): Promise<void> {
  for (let seconds = 0; seconds === 0 || (await hasCare(other)); seconds++) {
    assert.ok(seconds < 60, 'it never took its turn')
    await tick(first, other)
  }
}

/** Whether a round of this app looks after everybody's messages: it then ends one that is stale. */
async function hasCare(test: TestApp): Promise<boolean> {
  const now = test.clock.now()
  // Planned, so that no worker can send it before it is stale.
  const result = await test.app.messages.send({
    toPhone: phone,
    message: 'stale',
    sendAt: new Date(now + 1),
    expiresAt: new Date(now + 2),
  })
  assert.ok(result.kind === 'accepted')
  await test.advance(2)
  await test.app.runDue()
  const status = await statusOf(test, result.message.id)
  assert.ok(status === 'EXPIRED' || status === 'SCHEDULED', status)
  return status === 'EXPIRED'
}

/** What processes on one database do for each other. `newDatabase` answers an empty one each time. */
export function neighboursContract(
  newDatabase: (t: TestContext) => TwilioConfig['database'],
): void {
  describe('a worker that dies', () => {
    it('leaves its messages to another one, within 40 seconds', async (t) => {
      const create = createNeighbours(t, newDatabase(t))
      const { provider, called } = createSilentProvider(t)
      const dying = await create({ provider, config: { worker: 'background' } })
      const id = await send(dying)
      await called
      assert.equal(await statusOf(dying, id), 'SENDING')
      // From here on its clock stands still: it renews nothing, and the other one is alone.
      const other = await create({ config: { worker: 'background' } })
      const tookOver = await secondsUntil(
        other,
        async () => (await statusOf(other, id)) !== 'SENDING',
      )
      assert.equal(await statusOf(other, id), 'IN_DOUBT')
      assert.ok(tookOver >= 30 && tookOver <= 40, `after ${tookOver} s`)
      await secondsUntil(other, async () => other.twilio.messages({ to: phone }).length > 0)
      await other.advance(120 * second)
      assert.equal(other.twilio.messages({ to: phone }).length, 1)
    })

    it('is listed as silent after three beats, and forgotten after a day', async (t) => {
      const create = createNeighbours(t, newDatabase(t))
      const dying = await create({ config: { worker: 'background' } })
      await secondsUntil(dying, async () => (await dying.app.workers.list()).length === 1)
      const other = await create({ config: { worker: 'background' } })
      const states = async () => {
        return (await other.app.workers.list()).map((worker) => worker.state).toSorted()
      }
      await secondsUntil(other, async () => (await states()).length === 2)
      assert.deepEqual(await states(), ['alive', 'alive'])
      await secondsUntil(other, async () => (await states()).includes('silent'))
      assert.deepEqual(await states(), ['alive', 'silent'])
      const worker = (await other.app.workers.list()).find(({ state }) => state === 'silent')
      assert.equal(worker?.pid, process.pid)
      const silentMs = other.clock.now() - (worker?.beatAt ?? 0)
      assert.ok(silentMs > 15 * second && silentMs < 25 * second, `${silentMs} ms`)

      const alive = (await other.app.workers.list()).find(({ state }) => state === 'alive')
      const nextDay = createTestClock((alive?.beatAt ?? 0) + 86_400 * second)
      await (await create({ clock: nextDay })).app.runDue()
      assert.deepEqual(await states(), ['alive'])
      await nextDay.advance(1)
      await (await create({ clock: nextDay })).app.runDue()
      assert.deepEqual(await states(), [])
    })
  })

  describe('a worker that stops', () => {
    it('is no longer listed, and its turn is free at once', async (t) => {
      const create = createNeighbours(t, newDatabase(t))
      const first = await create({ config: { worker: 'background' } })
      const other = await create()
      await secondsUntil(first, async () => (await first.app.workers.list()).length === 1)
      await untilItsTurn(first, other)
      await first.stop()
      assert.deepEqual(await other.app.workers.list(), [])
      assert.equal(await hasCare(other), true)
    })
  })

  describe('looking after messages', () => {
    it('is done by one process at a time; who comes second only delivers', async (t) => {
      const create = createNeighbours(t, newDatabase(t))
      const first = await create({ config: { worker: 'background' } })
      const other = await create()
      await untilItsTurn(first, other)
      const id = await send(other)
      await other.app.runDue()
      assert.equal(await statusOf(other, id), 'ACCEPTED')
    })

    it('goes on to the next one when the first has been silent for 9 seconds', async (t) => {
      const create = createNeighbours(t, newDatabase(t))
      const first = await create({ config: { worker: 'background' } })
      const other = await create()
      await untilItsTurn(first, other)
      // From here on the clock of the first one stands still.
      const seconds = await secondsUntil(other, () => hasCare(other))
      assert.ok(seconds > 2 && seconds <= 9, `after ${seconds} s`)
    })

    it('stays with the process that has it, for as long as it lives', async (t) => {
      const create = createNeighbours(t, newDatabase(t))
      const first = await create({ config: { worker: 'background' } })
      const other = await create()
      await untilItsTurn(first, other)
      for (let seconds = 0; seconds < 60; seconds++) {
        await tick(first, other)
        assert.equal(await hasCare(other), false, `after ${seconds} s`)
      }
    })

    it('is free again as soon as a manual round is over', async (t) => {
      const create = createNeighbours(t, newDatabase(t))
      const first = await create()
      const other = await create()
      await first.app.runDue()
      assert.equal(await hasCare(other), true)
      assert.equal(await hasCare(first), true)
    })
  })

  describe('waiting for the answer about a message', () => {
    it('ends within a second when another process has sent it', async (t) => {
      const create = createNeighbours(t, newDatabase(t))
      const [api, worker] = [await create(), await create()]
      const id = await send(api)
      const waiting = api.app.messages.whenAnswered(id, 30 * second)
      await worker.app.runDue()
      const from = api.clock.now()
      await tick(api)
      assert.equal((await waiting)?.status, 'ACCEPTED')
      assert.equal(api.clock.now() - from, second)
    })
  })

  describe('/readyz of a process without a worker', () => {
    it('is told by others that there is one, and misses them after a minute', async (t) => {
      const create = createNeighbours(t, newDatabase(t))
      const api = await create({ config: { worker: 'elsewhere' } })
      const checks = async () => (await api.app.readiness()).checks
      assert.equal((await checks()).workers, true, 'others may come later')
      await api.advance(60 * second)
      assert.equal((await checks()).workers, true)
      await api.advance(1)
      assert.deepEqual(await api.app.readiness(), {
        ready: false,
        checks: { started: true, database: true, queue: true, carrier: true, workers: false },
      })
      const worker = await create({ clock: api.clock, config: { worker: 'background' } })
      await secondsUntil(api, async () => (await checks()).workers === true)
      await worker.stop()
      await api.advance(55 * second)
      assert.equal((await checks()).workers, true)
      await api.advance(10 * second)
      assert.equal((await checks()).workers, false)
    })

    it('does not ask for others where the host delivers by hand', async (t) => {
      const create = createNeighbours(t, newDatabase(t))
      const manual = await create()
      await manual.advance(3_600 * second)
      assert.deepEqual(await manual.app.readiness(), {
        ready: true,
        checks: { started: true, database: true, queue: true, carrier: true },
      })
    })
  })
}
