import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { rankOf } from '../src/domain/message.ts'
import { createTestApp, type TestApp } from './app.ts'

const phone = '+14155552671'

async function send(test: TestApp): Promise<string> {
  const sent = await test.app.messages.send({ toPhone: phone, message: 'a'.repeat(200) })
  assert.ok(sent.kind === 'accepted')
  return sent.message.id
}

describe('an answer that was overtaken by its own callbacks', () => {
  it('still tells what only it knows', async (t) => {
    const test = await createTestApp(t)
    test.twilio.behave({ kind: 'early-callbacks' })
    const id = await send(test)
    await test.app.runDue()
    const message = (await test.app.messages.get(id))?.message
    assert.equal(message?.status, 'DELIVERED')
    assert.equal(message.numSegments, 2)
  })

  it('is in the history as news that moved nothing', async (t) => {
    const test = await createTestApp(t)
    test.twilio.behave({ kind: 'early-callbacks' })
    const id = await send(test)
    await test.app.runDue()
    const events = (await test.app.messages.get(id))?.events ?? []
    assert.deepEqual(
      events.map((event) => [event.status, event.source, event.applied]),
      [
        ['QUEUED', 'api', true],
        ['SENDING', 'worker', true],
        ['SENT', 'callback', true],
        ['DELIVERED', 'callback', true],
        ['ACCEPTED', 'worker', false],
      ],
    )
    const ranks = events.filter((event) => event.applied).map((event) => rankOf[event.status])
    assert.deepEqual(
      ranks,
      ranks.toSorted((a, b) => a - b),
    )
  })
})

describe('a poll that was overtaken by a callback', () => {
  it('is in the history as news that moved nothing', async (t) => {
    const test = await createTestApp(t)
    // Only the last callback comes, and it comes while the poll is on its way back.
    test.twilio.behave(
      { kind: 'lost-callbacks', status: 'sent' },
      { kind: 'late', ms: 65_000 },
      { kind: 'slow', operation: 'messages.fetch', after: 'accepting', ms: 10_000 },
    )
    const id = await send(test)
    await test.app.runDue()
    await test.advance(61_000)
    const polling = test.app.runDue()
    await test.twilio.waitFor((one) => one.kind === 'api' && one.method === 'GET')
    await test.advance(20_000)
    await polling
    const events = (await test.app.messages.get(id))?.events ?? []
    const applied = events.filter((event) => event.applied).map((event) => event.status)
    assert.deepEqual(new Set(applied).size, applied.length, 'no status is applied twice')
  })
})
