import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openSqlite } from '../src/storage/engines/sqlite.ts'
import { StorageError } from '../src/storage/errors.ts'
import type { Store } from '../src/storage/store.ts'
import { createTestApp, type TestApp } from './app.ts'

const phone = '+14155552671'

function send(test: TestApp, message = 'hello', toPhone = phone) {
  return test.app.messages.send({ toPhone, message })
}

/** A database whose counters cannot be reached. */
function withoutCounters(): Store {
  const store = openSqlite(':memory:')
  const lock = () => Promise.reject(new StorageError('the counters are gone'))
  return {
    ...store,
    transaction: (work) =>
      store.transaction((tables) => work({ ...tables, throttles: { ...tables.throttles, lock } })),
  }
}

describe('limits on messages', () => {
  it('are off by default, and exact for one phone where they are set', async (t) => {
    const messagesPerPhone = [{ limit: 10, windowSeconds: 60 }]
    const test = await createTestApp(t, { config: { throttles: { messagesPerPhone } } })
    const results = await Promise.all(Array.from({ length: 200 }, () => send(test)))
    assert.equal(results.filter((one) => one.kind === 'accepted').length, 10)
    assert.equal(results.filter((one) => one.kind === 'throttled').length, 190)
    assert.equal((await send(test, 'hello', '+14155552672')).kind, 'accepted')
    await test.advance(59_999)
    assert.equal((await send(test)).kind, 'throttled')
    await test.advance(1)
    assert.equal((await send(test)).kind, 'accepted')
  })

  it('cap the money in segments, before anything is sent', async (t) => {
    const segmentsTotal = [{ limit: 1_000, windowSeconds: 3_600 }]
    const test = await createTestApp(t, { config: { throttles: { segmentsTotal } } })
    // 400 characters are three segments: 333 of them fit, and one single segment more.
    const long = 'x'.repeat(400)
    const results = await Promise.all(Array.from({ length: 400 }, () => send(test, long)))
    assert.equal(results.filter((one) => one.kind === 'accepted').length, 333)
    assert.equal((await send(test, long)).kind, 'throttled')
    assert.equal((await send(test, 'x')).kind, 'accepted')
    assert.equal((await send(test, 'x')).kind, 'throttled')
  })

  it('are told with the time to wait', async (t) => {
    const messagesPerPhone = [{ limit: 1, windowSeconds: 60 }]
    const test = await createTestApp(t, { config: { throttles: { messagesPerPhone } } })
    await send(test)
    await test.advance(20_000)
    const body = { to_phone: phone, message: 'hello' }
    const answer = await test.request('POST', '/api/sms/send/', body)
    assert.equal(answer.status, 429)
    assert.equal(answer.body['code'], 'throttled')
    assert.equal(answer.headers.get('retry-after'), '40')
  })

  it('leave no counter behind that no rule needs any more', async (t) => {
    const store = openSqlite(':memory:')
    const test = await createTestApp(t, { store })
    await test.app.verifications.start({ toPhone: phone, clientAddress: '203.0.113.7' })
    await test.app.runDue()
    assert.equal((await test.app.verifications.start({ toPhone: phone })).kind, 'throttled')
    await test.advance(2 * 86_400_000)
    await test.app.runDue()
    assert.equal(await store.throttles.sweep(test.clock.now(), 100), 0, 'nothing is left to sweep')
  })

  it('do not stop messages when the counters are gone, unless that is set', async (t) => {
    const messagesPerPhone = [{ limit: 1, windowSeconds: 60 }]
    const open = await createTestApp(t, {
      config: { throttles: { messagesPerPhone } },
      store: withoutCounters(),
    })
    assert.equal((await send(open)).kind, 'accepted')
    assert.equal((await send(open)).kind, 'accepted')
    assert.ok(open.logs.some((line) => line.fields['event'] === 'throttles-down'))

    const closed = await createTestApp(t, {
      config: { throttles: { messagesPerPhone, whenUnavailable: { messages: 'closed' } } },
      store: withoutCounters(),
    })
    assert.equal((await send(closed)).kind, 'unavailable')
  })
})
