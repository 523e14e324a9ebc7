import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { TwilioConfig } from '../../src/config.ts'
import { systemClock } from '../../src/clock.ts'
import type { HostTransaction } from '../../src/index.ts'
import { createTestApp, type TestApp } from '../app.ts'
import { until } from '../cli/program.ts'
import { createDice } from '../dice.ts'

export const phone = '+14155552671'

/** A host with a table of its own, in the database of the app. */
export interface Host {
  /** Where the app keeps its tables. */
  database: TwilioConfig['database']
  /**
   * Runs `work` in a transaction of the host's client; rolls it back where `work` throws. `order` writes
   * a row of the host's own into it.
   */
  inTransaction(
    work: (
      transaction: HostTransaction,
      order: (name: string) => Promise<unknown>,
    ) => Promise<void>,
  ): Promise<unknown>
  /** The rows that are committed. */
  orders(): Promise<string[]>
  /** A handle of the same kind that is not inside a transaction. */
  outside: HostTransaction
}

const rolledBack = new Error('the host has changed its mind')

/** An app whose worker runs, and does not look by itself. */
export function startApp(
  t: TestContext,
  database: TwilioConfig['database'],
  config: Partial<TwilioConfig> = {},
): Promise<TestApp> {
  return createTestApp(t, {
    clock: systemClock,
    config: { database, worker: 'background', delivery: { idlePollMs: 60_000 }, ...config },
  })
}

/** What every client of a host's must be able to do. `open` begins on an empty database. */
export function transactionContract(
  name: string,
  open: (t: TestContext) => Promise<Host>,
  { rounds = 20 }: { rounds?: number } = {},
): void {
  const start = async (t: TestContext, config: Partial<TwilioConfig> = {}) => {
    const host = await open(t)
    const test = await startApp(t, host.database, config)
    return { host, test }
  }

  describe(`a send in a transaction of ${name}`, { timeout: 60_000 }, () => {
    it('is sent once the host has committed, without waiting for a poll', async (t) => {
      const { host, test } = await start(t)
      let id = ''
      await host.inTransaction(async (transaction, order) => {
        await order('one')
        const sent = await test.app.messages.send({ toPhone: phone, message: 'x' }, { transaction })
        assert.equal(sent.kind, 'accepted')
        if (sent.kind === 'accepted') id = sent.message.id
        // Nobody else sees it yet.
        assert.equal(await test.app.messages.get(id), undefined)
      })
      assert.equal((await test.app.messages.get(id))?.events[0]?.status, 'QUEUED')
      await until(() => test.twilio.messages({ to: phone }).length === 1)
      assert.deepEqual(await host.orders(), ['one'])
    })

    it('never happened where the host rolls back', async (t) => {
      const messagesPerPhone = [{ limit: 2, windowSeconds: 3_600 }]
      const { host, test } = await start(t, { throttles: { messagesPerPhone } })
      const input = { toPhone: phone, message: 'x', idempotencyKey: 'once' }
      const ids: string[] = []
      for (let round = 0; round < 3; round++) {
        const work = host.inTransaction(async (transaction) => {
          const sent = await test.app.messages.send(input, { transaction })
          assert.equal(sent.kind === 'accepted' && sent.replayed, false)
          if (sent.kind === 'accepted') ids.push(sent.message.id)
          throw rolledBack
        })
        await assert.rejects(work, rolledBack)
      }
      for (const id of ids) assert.equal(await test.app.messages.get(id), undefined)
      // Neither the limit nor the key is used up.
      assert.equal((await test.app.messages.send(input)).kind, 'accepted')
      await until(() => test.twilio.messages({ to: phone }).length === 1)
    })

    it('passes every check of the normal way', async (t) => {
      const messagesPerPhone = [{ limit: 2, windowSeconds: 3_600 }]
      const { host, test } = await start(t, { throttles: { messagesPerPhone } })
      const { app } = test
      await app.optOuts.add('+14155552672', 'asked us to')
      const first = { toPhone: phone, message: 'x', idempotencyKey: 'once' }
      await app.messages.send(first)
      const kinds: string[] = []
      await host.inTransaction(async (transaction) => {
        const send = async (input: Parameters<typeof app.messages.send>[0]) => {
          const sent = await app.messages.send(input, { transaction })
          kinds.push(sent.kind === 'accepted' && sent.replayed ? 'replayed' : sent.kind)
        }
        await send({ toPhone: 'nobody', message: 'x' })
        await send({ toPhone: '+14155552672', message: 'x' })
        await send(first)
        await send({ ...first, message: 'y' })
        await send({ toPhone: phone, message: 'z', metadata: { order: '"17" \\ {ü}' } })
        await send({ toPhone: phone, message: 'z' })
        // Two at once with one key of the same transaction.
        const twin = { toPhone: '+14155552673', message: 'x', idempotencyKey: 'twin' }
        await Promise.all([send(twin), send(twin)])
      })
      const refusals = ['invalid-phone', 'opted-out', 'replayed', 'idempotency-key-reused']
      const rest = ['accepted', 'throttled', 'accepted', 'replayed']
      assert.deepEqual(kinds, [...refusals, ...rest])
      await until(() => test.twilio.messages().length === 3)
    })

    it('is refused on a handle that is not inside a transaction', async (t) => {
      const { host, test } = await start(t)
      const { outside: transaction } = host
      const sent = test.app.messages.send({ toPhone: phone, message: 'x' }, { transaction })
      await assert.rejects(sent, { name: 'TwilioTransactionError', reason: 'no-transaction' })
    })

    it(`is there exactly where it was committed, ${rounds} times at random`, async (t) => {
      const { host, test } = await start(t)
      const dice = createDice(11)
      const committed: string[] = []
      for (let round = 0; round < rounds; round++) {
        const name = `order ${round}`
        const commits = dice() < 0.5
        if (commits) committed.push(name)
        const work = host.inTransaction(async (transaction, order) => {
          await order(name)
          await test.app.messages.send({ toPhone: phone, message: name }, { transaction })
          if (!commits) throw rolledBack
        })
        await work.catch((error: unknown) => assert.equal(error, rolledBack))
      }
      await until(() => test.twilio.messages({ to: phone }).length >= committed.length)
      await test.stop()
      const sent = test.twilio.messages({ to: phone }).map((message) => message.body)
      assert.deepEqual(sent.toSorted(), committed.toSorted())
      assert.deepEqual((await host.orders()).toSorted(), committed.toSorted())
    })
  })
}
