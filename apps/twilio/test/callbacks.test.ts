import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { createTestApp } from './app.ts'
import { post, sentMessage, sidOf, signedCallback, snapshot, statusOf } from './signed-callback.ts'
import { someAtOnce } from './some-at-once.ts'

describe('a status callback', () => {
  it('moves its message, stores the event and answers 204 without a body', async (t) => {
    const test = await createTestApp(t)
    const { id, sid } = await sentMessage(test)
    const answer = await post(
      test,
      signedCallback(test, { sid, messageId: id, status: 'undelivered', errorCode: '30003' }),
    )
    assert.deepEqual([answer.status, answer.text], [204, ''])
    const found = await test.app.messages.get(id)
    assert.equal(found?.message.status, 'UNDELIVERED')
    assert.equal(found?.message.errorCode, 30003)
    assert.equal(found?.events.at(-1)?.source, 'callback')
  })

  it('finds its message by SID where the URL carries no id', async (t) => {
    const test = await createTestApp(t)
    const { id, sid } = await sentMessage(test)
    assert.equal((await post(test, signedCallback(test, { sid, status: 'delivered' }))).status, 204)
    assert.equal(await statusOf(test, id), 'DELIVERED')
  })

  it('is kept when it comes before its message knows its SID', async (t) => {
    const test = await createTestApp(t)
    test.twilio.behave({ kind: 'lost-callbacks' })
    const result = await test.app.messages.send({ toPhone: '+14155552671', message: 'hello' })
    assert.ok(result.kind === 'accepted')
    // The simulator's next SID is not known before; a second app of the same seed tells it.
    const twin = await createTestApp(t)
    const { sid } = await sentMessage(twin)
    assert.equal((await post(test, signedCallback(test, { sid, status: 'delivered' }))).status, 204)
    await test.app.runDue()
    const found = await test.app.messages.get(result.message.id)
    assert.equal(found?.message.providerMsgId, sid)
    assert.equal(found?.message.status, 'DELIVERED')
  })

  it('may arrive before the send is answered', async (t) => {
    const test = await createTestApp(t)
    test.twilio.behave({ kind: 'early-callbacks', times: 'always' })
    const ids: string[] = []
    for (let i = 0; i < 50; i++) {
      const result = await test.app.messages.send({
        toPhone: '+14155552671',
        message: `number ${i}`,
      })
      if (result.kind === 'accepted') ids.push(result.message.id)
    }
    await test.app.runDue()
    for (const id of ids) {
      const found = await test.app.messages.get(id)
      assert.equal(found?.message.status, 'DELIVERED')
      assert.match(found?.message.providerMsgId ?? '', /^SM/)
    }
    assert.equal(test.twilio.messages().length, 50)
  })

  it('does nothing the second time, nor a month later', async (t) => {
    const test = await createTestApp(t)
    const { id, sid } = await sentMessage(test)
    const callback = signedCallback(test, { sid, messageId: id, status: 'delivered' })
    await post(test, callback)
    const before = await snapshot(test, [id])
    for (const wait of [0, 60_000, 86_400_000, 30 * 86_400_000]) {
      await test.advance(wait)
      assert.equal((await post(test, callback)).status, 204)
    }
    assert.equal(await snapshot(test, [id]), before)
  })

  it('leaves one event a status however often and at once it is posted', async (t) => {
    const test = await createTestApp(t)
    const messages: { id: string; sid: string }[] = []
    for (let i = 0; i < 20; i++) messages.push(await sentMessage(test))
    const callbacks = messages.flatMap(({ id, sid }) =>
      ['sent', 'delivered'].map((status) => signedCallback(test, { sid, messageId: id, status })),
    )
    await Promise.all(
      Array.from({ length: 5 }, () => callbacks)
        .flat()
        .map((callback) => post(test, callback)),
    )
    for (const { id } of messages) {
      const events =
        (await test.app.messages.get(id))?.events.filter((event) => event.source === 'callback') ??
        []
      assert.deepEqual(events.map((event) => event.status).toSorted(), ['DELIVERED', 'SENT'])
    }
  })

  it('may hold parameters that nobody knows yet', async (t) => {
    const test = await createTestApp(t)
    const { id, sid } = await sentMessage(test)
    const name = fc.stringMatching(/^[A-Z][A-Za-z]{3,12}$/).map((text) => `Zz${text}`)
    const extras = fc.array(fc.tuple(name, fc.string({ unit: 'grapheme', maxLength: 30 })), {
      maxLength: 8,
    })
    await fc.assert(
      fc.asyncProperty(extras, async (extra) => {
        const callback = signedCallback(test, {
          sid,
          messageId: id,
          status: 'sent',
          extra: extra,
        })
        assert.equal((await post(test, callback)).status, 204)
      }),
      { numRuns: 200 },
    )
    assert.equal(await statusOf(test, id), 'SENT')
  })
})

describe('the order of callbacks', () => {
  it('does not matter: 720 orders of six statuses end alike', async (t) => {
    const test = await createTestApp(t)
    const statuses = ['accepted', 'queued', 'sending', 'sent', 'delivered', 'read']
    const endings = new Set<string | undefined>()
    async function run(order: string[], turn: number): Promise<void> {
      const sent = await test.app.messages.send({ toPhone: '+14155552671', message: 'hello' })
      assert.ok(sent.kind === 'accepted')
      const { id } = sent.message
      const sid = sidOf(turn)
      // Each one to three times, all at once for one message: repetitions mixed among the others.
      const repeated = order.flatMap((status, i) =>
        Array.from({ length: 1 + ((turn + i) % 3) }, () => status),
      )
      await Promise.all(
        repeated.map((status) => post(test, signedCallback(test, { sid, messageId: id, status }))),
      )
      const found = await test.app.messages.get(id)
      endings.add(found?.message.status)
      const history = found?.events.filter((event) => event.source === 'callback') ?? []
      assert.equal(history.length, statuses.length, 'each status is in the history once')
    }
    const orders = [...permutations(statuses)]
    assert.equal(orders.length, 720)
    // A dozen messages beside each other, so that what comes in at once is of several.
    await someAtOnce(orders, 12, (order, i) => run(order, i + 1))
    assert.deepEqual(endings, new Set(['READ']))
  })

  it('asks Twilio when two final words contradict each other, and believes the answer', async (t) => {
    const test = await createTestApp(t)
    const { id, sid } = await sentMessage(test)
    await test.advance(10_000)
    await post(
      test,
      signedCallback(test, { sid, messageId: id, status: 'undelivered', errorCode: '30008' }),
    )
    await post(test, signedCallback(test, { sid, messageId: id, status: 'delivered' }))
    assert.equal(
      await statusOf(test, id),
      'UNDELIVERED',
      'the first final word stands until Twilio was asked',
    )
    await test.app.runDue()
    assert.equal(await statusOf(test, id), 'DELIVERED', 'the simulated carrier did deliver it')
  })
})

function* permutations<T>(items: T[]): Iterable<T[]> {
  if (items.length <= 1) return yield items
  for (const [i, item] of items.entries()) {
    for (const rest of permutations(items.toSpliced(i, 1))) yield [item, ...rest]
  }
}
