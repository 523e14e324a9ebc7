import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createTestApp } from './app.ts'
import { live, sendMany } from './traffic.ts'

const day = 86_400_000
const quiet = {
  waiting: 0,
  scheduled: 0,
  retrying: 0,
  sending: 0,
  inDoubt: 0,
  failed: 0,
  oldestSeconds: 0,
  isCapped: false,
  breaker: { kind: 'closed' },
  pace: { default: undefined, senders: [] },
}

describe('queue.facts', () => {
  it('tells what stands where, and for how long', async (t) => {
    const test = await createTestApp(t)
    assert.deepEqual(await test.app.queue.facts(), quiet)
    const sendAt = new Date(test.clock.now() + day)
    await test.app.messages.send({ toPhone: '+14155550000', message: 'later', sendAt })
    test.twilio.behave(
      { kind: 'hang-up', after: 'accepting' },
      { kind: 'refuse', code: 30001, httpStatus: 429 },
      { kind: 'refuse', code: 21614 },
      { kind: 'lost-callbacks', times: 'always' },
    )
    await sendMany(test, 3)
    await test.app.runDue()
    await sendMany(test, 2)
    await test.advance(7_900)
    assert.deepEqual(await test.app.queue.facts(), {
      ...quiet,
      waiting: 2,
      scheduled: 1,
      retrying: 1,
      inDoubt: 1,
      failed: 1,
      oldestSeconds: 7,
    })
    await live(test, 2 * 86_400, 3_600)
    assert.deepEqual(await test.app.queue.facts(), quiet)
  })

  it('tells of an open breaker, and of the pace of each sender', async (t) => {
    const pace = { default: 10, senders: { '+15005550006': 3 } }
    const test = await createTestApp(t, { config: { delivery: { pace } } })
    await sendMany(test, 5)
    await test.app.runDue()
    const used = { sender: '+15005550006', limit: 3, used: 3 }
    assert.deepEqual((await test.app.queue.facts()).pace, { default: 10, senders: [used] })
    await test.advance(1_000)
    const [idle] = (await test.app.queue.facts()).pace.senders
    assert.equal(idle?.used, 0)
    test.twilio.behave({ kind: 'hang-up', before: 'accepting', times: 'always' })
    await sendMany(test, 9)
    await live(test, 10, 2)
    assert.equal((await test.app.queue.facts()).breaker.kind, 'open')
  })
})

describe('queue.deadLetters', () => {
  it('lists what ended badly, newest first, and each can be sent again', async (t) => {
    const test = await createTestApp(t)
    test.twilio.behave({ kind: 'undelivered', code: 30003, times: 3 })
    const ids = await sendMany(test, 3)
    await live(test, 60)
    await sendMany(test, 1)
    await live(test, 60)
    const first = await test.app.queue.deadLetters({ limit: 2 })
    const rest = await test.app.queue.deadLetters({ before: first.at(-1)?.id, limit: 2 })
    assert.deepEqual(
      [...first, ...rest].map(({ id }) => id),
      ids.toReversed(),
    )
    assert.deepEqual(
      first.map(({ status, errorCode }) => [status, errorCode]),
      [1, 2].map(() => ['UNDELIVERED', 30_003]),
    )
    const again = await test.app.messages.resend(first[0]?.id ?? '')
    assert.equal(again.kind, 'accepted')
  })
})
