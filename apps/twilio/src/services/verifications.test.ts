import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createTwilioApp } from '../app.ts'
import { onBench, phone, wrong } from '../../test/verification-bench.ts'
import { openSqlite } from '../storage/engines/sqlite.ts'
import { StorageError } from '../storage/errors.ts'
import type { Store, Tables } from '../storage/store.ts'

/** A database that can be told to fail, as a whole or in its counters only. */
function createFailingStore(): Store & { fail(what: 'all' | 'counters', error: Error): void } {
  const store = openSqlite(':memory:')
  let failing: { what: 'all' | 'counters'; error: Error } | undefined
  const failingOf = (tables: Tables): Tables => {
    if (failing?.what !== 'counters') return tables
    const { error } = failing
    return { ...tables, throttles: { ...tables.throttles, lock: () => Promise.reject(error) } }
  }
  return {
    ...store,
    fail: (what, error) => (failing = { what, error }),
    transaction: (work) =>
      failing?.what === 'all'
        ? Promise.reject(failing.error)
        : store.transaction((tables) => work(failingOf(tables))),
  }
}

const down = new StorageError('the disk is gone')

for (const backend of ['own-codes', 'twilio-verify'] as const) {
  describe(`verifications by ${backend} without a database`, () => {
    for (const what of ['all', 'counters'] as const) {
      it(`send no code and look at no guess (${what} down)`, async () => {
        const store = createFailingStore()
        await onBench({ backend, world: { store } }, async (bench) => {
          const { verificationId } = await bench.started()
          const code = await bench.codeOn()
          store.fail(what, down)
          await bench.advance(60_000)
          assert.deepEqual(await bench.start(), { kind: 'unavailable' })
          assert.deepEqual(await bench.check(verificationId, code), { kind: 'unavailable' })
          assert.equal(bench.twilio.messages({ to: phone }).length, 1)
          assert.ok(bench.logs.some((line) => line.level === 'error'))
        })
      })
    }

    it('send uncounted codes where that is set, and still look at no guess', async () => {
      const store = createFailingStore()
      const throttles = { whenUnavailable: { codes: 'open' as const } }
      await onBench({ backend, throttles, world: { store } }, async (bench) => {
        store.fail('counters', down)
        await bench.started()
        const { verificationId } = await bench.started()
        const code = await bench.codeOn()
        assert.equal(await bench.textsOn(), 2)
        assert.deepEqual(await bench.check(verificationId, code), { kind: 'unavailable' })
        assert.ok(bench.logs.some((line) => line.fields['event'] === 'throttles-down'))
      })
    })

    it('hide no bug behind "unavailable"', async () => {
      const store = createFailingStore()
      await onBench({ backend, world: { store } }, async (bench) => {
        const { verificationId } = await bench.started()
        const code = await bench.codeOn()
        store.fail('all', new TypeError('a bug'))
        await assert.rejects(bench.start(), TypeError)
        await assert.rejects(bench.check(verificationId, code), TypeError)
      })
    })
  })
}

describe('verifications with counters in memory', () => {
  it('keep the same limits', () =>
    onBench({ backend: 'own-codes', throttles: { store: 'memory' } }, async (bench) => {
      const { verificationId } = await bench.started()
      const code = wrong(await bench.codeOn())
      assert.deepEqual(await bench.start(), { kind: 'throttled', retryAfterSeconds: 30 })
      for (let i = 0; i < 5; i++) await bench.check(verificationId, code)
      await bench.advance(30_000)
      const next = await bench.started()
      for (let i = 0; i < 5; i++) await bench.check(next.verificationId, code)
      await bench.advance(30_000)
      const last = await bench.started()
      assert.equal((await bench.check(last.verificationId, code)).kind, 'throttled')
    }))
})

describe('verifications that are not set up', () => {
  it('start nothing and know nothing', async () => {
    const app = createTwilioApp({
      twilio: {
        accountSid: `AC${'0'.repeat(32)}`,
        authToken: 'token-of-a-test',
        defaultFrom: '+15005550006',
      },
      publicUrl: 'https://sms.example.test',
      database: ':memory:',
      worker: 'manual',
    })
    try {
      await app.start()
      assert.deepEqual(await app.verifications.start({ toPhone: phone }), { kind: 'unavailable' })
      const result = await app.verifications.check({ verificationId: 'x', code: '123456' })
      assert.deepEqual(result, { kind: 'not-found' })
      assert.equal(await app.verifications.cancel('x'), false)
    } finally {
      await app.stop()
    }
  })
})
