import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createTestApp } from './app.ts'
import { live, questionsOf, sendAsAnother, sendMany, statusesOf } from './traffic.ts'

describe('the price of a message', () => {
  it('is asked for after delivery, and stands in the answer', async (t) => {
    const test = await createTestApp(t)
    const [id] = await sendMany(test, 1, { message: 'a'.repeat(161) })
    await live(test, 100)
    const before = await test.request('GET', `/api/sms/${id}/status/`)
    assert.deepEqual([before.body['status'], before.body['price']], ['DELIVERED', null])
    await live(test, 100)
    const { body } = await test.request('GET', `/api/sms/${id}/status/`)
    assert.deepEqual(
      [body['status'], body['num_segments'], body['price'], body['price_unit']],
      ['DELIVERED', 2, '0.01500', 'USD'],
    )
    const events = (body['events'] as { source: string }[]).map((event) => event.source)
    assert.ok(!events.includes('poll'), 'a price is no event')
    await live(test, 3 * 86_400, 3_600)
    assert.equal(questionsOf(test).singles.length, 1)
  })

  it('is asked for three times, an hour and a day later, while Twilio does not know it', async (t) => {
    const test = await createTestApp(t, { twilio: { delays: { pricedMs: 90 * 86_400_000 } } })
    const startedAt = test.clock.now()
    const [id] = await sendMany(test, 1)
    await live(test, 300, 60)
    await live(test, 3 * 86_400, 1_200)
    const minutes = questionsOf(test).singles.map(
      ({ time }) => (time.getTime() - startedAt) / 60_000,
    )
    assert.deepEqual(minutes, [3, 65, 1_505])
    const message = (await test.app.messages.get(id ?? ''))?.message
    assert.deepEqual([message?.status, message?.nextAt], ['DELIVERED', undefined])
  })

  it('of 1,000 messages costs two questions amid the traffic of other apps', async (t) => {
    const test = await createTestApp(t)
    await sendAsAnother(test, 300)
    const ids = await sendMany(test, 1_000)
    await live(test, 60)
    await sendAsAnother(test, 300)
    await live(test, 600)
    for (const id of ids) {
      assert.equal((await test.app.messages.get(id))?.message.price, '0.00750')
    }
    const { lists, singles } = questionsOf(test)
    assert.deepEqual([lists.length, singles.length], [2, 0])
  })

  it('of what failed at Twilio is asked for once', async (t) => {
    const test = await createTestApp(t)
    test.twilio.behave({ kind: 'failed', code: 30_008, times: 'always' })
    const ids = await sendMany(test, 30)
    await live(test, 3 * 86_400, 3_600)
    assert.deepEqual(await statusesOf(test, ids), { FAILED: 30 })
    const { lists, singles } = questionsOf(test)
    assert.deepEqual([lists.length, singles.length], [1, 0])
  })

  it('is not asked for where nothing was sent, or where nobody wants to know', async (t) => {
    const refusing = await createTestApp(t)
    refusing.twilio.behave({ kind: 'refuse', code: 21614, times: 'always' })
    const silent = await createTestApp(t, { config: { delivery: { priceAfterSeconds: [] } } })
    for (const test of [refusing, silent]) {
      await sendMany(test, 20)
      await live(test, 3 * 86_400, 3_600)
      const { lists, singles } = questionsOf(test)
      assert.deepEqual([lists.length, singles.length], [0, 0])
    }
  })

  it('is given up where Twilio no longer has the message', async (t) => {
    const test = await createTestApp(t)
    const [id] = await sendMany(test, 1)
    await live(test, 20)
    test.twilio.behave({
      kind: 'refuse',
      code: 20404,
      httpStatus: 404,
      operation: 'messages.fetch',
      times: 'always',
    })
    await live(test, 3 * 86_400, 3_600)
    assert.equal(questionsOf(test).singles.length, 1)
    assert.equal((await test.app.messages.get(id ?? ''))?.message.status, 'DELIVERED')
  })

  it('survives questions that Twilio does not answer', async (t) => {
    const test = await createTestApp(t)
    test.twilio.behave({
      kind: 'server-error',
      operation: 'messages.fetch',
      before: 'accepting',
      times: 4,
    })
    const [id] = await sendMany(test, 1)
    await live(test, 7_200, 60)
    assert.equal((await test.app.messages.get(id ?? ''))?.message.price, '0.00750')
  })
})
