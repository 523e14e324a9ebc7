import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Behaviour } from '@hsb/twilio-simulator'
import { createTestApp } from './app.ts'
import { post, sentMessage, signedCallback, statusOf } from './signed-callback.ts'
import { live, questionsOf, sendAsAnother, sendMany, statusesOf } from './traffic.ts'

const losses: Record<string, Behaviour> = {
  all: { kind: 'lost-callbacks', times: 'always' },
  '30 %': { kind: 'lost-callbacks', times: 'always', probability: 0.3 },
  'all `delivered`': { kind: 'lost-callbacks', status: 'delivered', times: 'always' },
}

describe('1,000 messages whose callbacks get lost', () => {
  for (const [name, loss] of Object.entries(losses)) {
    it(`are final within 15 minutes and priced later, by few questions: ${name}`, async (t) => {
      const test = await createTestApp(t, { twilio: { delays: { pricedMs: 1_800_000 } } })
      test.twilio.behave(loss)
      const ids = await sendMany(test, 1_000)
      await live(test, 900)
      assert.deepEqual(await statusesOf(test, ids), { DELIVERED: 1_000 })
      await live(test, 2 * 86_400, 1_800)
      for (const id of ids) {
        const message = (await test.app.messages.get(id))?.message
        assert.deepEqual(
          [message?.price, message?.priceUnit, message?.numSegments, message?.nextAt],
          ['0.00750', 'USD', 1, undefined],
        )
      }
      // One about the silent ones, two about prices; those that were never silent come a little earlier.
      const { lists, singles } = questionsOf(test)
      assert.ok(lists.length <= 5, `${lists.length} lists`)
      assert.equal(singles.length, 0)
    })
  }
})

describe('a silent message', () => {
  it('is asked about once a step, and for a day', async (t) => {
    const test = await createTestApp(t)
    test.twilio.behave({ kind: 'stay-sent' }, { kind: 'lost-callbacks' })
    const [id] = await sendMany(test, 1)
    const startedAt = test.clock.now()
    await live(test, 90 * 60, 60)
    await live(test, 3 * 86_400, 3_600)
    const minutes = questionsOf(test).singles.map(
      ({ time }) => (time.getTime() - startedAt) / 60_000,
    )
    // The first answer is news: the message was sent, and the steps begin anew.
    assert.deepEqual(minutes.slice(0, 7), [1, 2, 4, 9, 24, 84, 150])
    assert.equal(minutes.length, 29)
    const message = (await test.app.messages.get(id ?? ''))?.message
    assert.deepEqual(
      [message?.status, message?.price, message?.nextAt],
      ['SENT', '0.00750', undefined],
    )
  })

  it('is found while it waits at Twilio, where lists by time of sending leave it out', async (t) => {
    const test = await createTestApp(t, { twilio: { delays: { sendingMs: 3_600_000 } } })
    test.twilio.behave({ kind: 'lost-callbacks', times: 'always' })
    await sendMany(test, 100)
    await live(test, 3_000)
    const { lists, singles } = questionsOf(test)
    assert.deepEqual([lists.length, singles.length], [4, 0])
  })

  it('is asked about singly where the list does not show it', async (t) => {
    const test = await createTestApp(t)
    test.twilio.behave(
      { kind: 'lost-callbacks', times: 'always' },
      { kind: 'lagging-list', times: 'always', ms: 3_600_000 },
    )
    const ids = await sendMany(test, 120)
    await live(test, 300)
    assert.deepEqual(await statusesOf(test, ids), { DELIVERED: 120 })
    const { lists, singles } = questionsOf(test)
    assert.equal(singles.length, 120)
    // Fifty singly in a round, and what is left is not looked for in a list again.
    assert.equal(lists.length, 1)
  })

  it('is found among the messages of other apps', async (t) => {
    const test = await createTestApp(t)
    test.twilio.behave({ kind: 'lost-callbacks', times: 'always' })
    await sendAsAnother(test, 700)
    const ids = await sendMany(test, 40)
    await test.app.runDue()
    await sendAsAnother(test, 1_200)
    await live(test, 300)
    assert.deepEqual(await statusesOf(test, ids), { DELIVERED: 40 })
    assert.equal(test.twilio.messages().length, 1_940)
    // Two pages of it hold 2,000 messages.
    const { lists, singles } = questionsOf(test)
    assert.deepEqual([lists.length, singles.length], [2, 0])
  })
})

describe('a carrier that does not answer questions', () => {
  it('is left alone as long as it asks, and then asked a few at a time', async (t) => {
    const test = await createTestApp(t)
    const busy = { kind: 'busy', retryAfterSeconds: 200, times: 'always' } as const
    test.twilio.behave(
      { kind: 'lost-callbacks', times: 'always' },
      { ...busy, operation: 'messages.fetch' },
      { ...busy, operation: 'messages.list' },
    )
    const ids = await sendMany(test, 9)
    await live(test, 240)
    assert.ok(questionsOf(test).singles.length <= 8)
    test.twilio.clearBehaviours()
    await live(test, 900)
    assert.deepEqual(await statusesOf(test, ids), { DELIVERED: 9 })
  })

  it('is asked singly where only its lists fail', async (t) => {
    const test = await createTestApp(t)
    test.twilio.behave(
      { kind: 'lost-callbacks', times: 'always' },
      { kind: 'server-error', operation: 'messages.list', before: 'accepting', times: 'always' },
    )
    const ids = await sendMany(test, 100)
    await live(test, 900)
    assert.deepEqual(await statusesOf(test, ids), { DELIVERED: 100 })
    const { lists, singles } = questionsOf(test)
    assert.deepEqual([lists.length, singles.length], [3, 100])
  })

  it('is asked again which of two final words holds, also where nobody asks for prices', async (t) => {
    const test = await createTestApp(t, { config: { delivery: { priceAfterSeconds: [] } } })
    const { id, sid } = await sentMessage(test)
    await test.advance(10_000)
    test.twilio.behave({
      kind: 'server-error',
      operation: 'messages.fetch',
      before: 'accepting',
      times: 2,
    })
    for (const status of ['undelivered', 'delivered'])
      await post(test, signedCallback(test, { sid, messageId: id, status }))
    await test.app.runDue()
    assert.equal(await statusOf(test, id), 'UNDELIVERED')
    await live(test, 600)
    assert.equal(await statusOf(test, id), 'DELIVERED')
    assert.equal(questionsOf(test).singles.length, 3)
  })

  it('leaves no error code on a message that was delivered after all', async (t) => {
    const test = await createTestApp(t)
    const { id, sid } = await sentMessage(test)
    await test.advance(10_000)
    for (const facts of [{ status: 'delivered' }, { status: 'undelivered', errorCode: '30003' }])
      await post(test, signedCallback(test, { sid, messageId: id, ...facts }))
    await live(test, 600)
    const message = (await test.app.messages.get(id))?.message
    assert.deepEqual([message?.status, message?.errorCode], ['DELIVERED', undefined])
  })
})
