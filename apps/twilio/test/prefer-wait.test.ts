import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { createTestApp, type Reply, type TestApp } from './app.ts'

const body = { to_phone: '+14155552671', message: 'Your table is ready' }

/** Posts with `Prefer: wait=20` and comes back when the request is waiting. */
async function sendAndWait(test: TestApp): Promise<{ answer: Promise<Reply> }> {
  const before = test.clock.pending()
  const answer = test.request('POST', '/api/sms/send/', body, { prefer: 'wait=20' })
  for (let turns = 0; test.clock.pending() === before && turns < 10_000; turns++) await turn()
  return { answer }
}

describe('Prefer: wait', { timeout: 10_000 }, () => {
  it('answers 201 with what the carrier said, as soon as it has said it', async (t) => {
    const test = await createTestApp(t)
    const { answer } = await sendAndWait(test)
    await test.app.runDue()
    const reply = await answer
    assert.equal(reply.status, 201)
    assert.equal(reply.headers.get('preference-applied'), 'wait=20')
    assert.equal(reply.body['status'], 'ACCEPTED')
    assert.equal(reply.body['provider_msg_id'], test.twilio.messages()[0]?.sid)
    assert.equal(test.clock.pending(), 0, 'nothing is left behind')
  })

  it('answers 201 with the refusal too', async (t) => {
    const test = await createTestApp(t)
    test.twilio.behave({ kind: 'refuse', code: 21614 })
    const { answer } = await sendAndWait(test)
    await test.app.runDue()
    const reply = await answer
    assert.equal(reply.status, 201)
    assert.deepEqual([reply.body['status'], reply.body['error_code']], ['FAILED', 21614])
  })

  it('answers 202 when the carrier takes too long, and sends all the same', async (t) => {
    const test = await createTestApp(t)
    const { answer } = await sendAndWait(test)
    await test.advance(20_000)
    const reply = await answer
    assert.equal(reply.status, 202)
    assert.equal(reply.headers.get('preference-applied'), null)
    assert.equal(reply.body['status'], 'QUEUED')
    assert.equal(reply.headers.get('location'), `/api/sms/${String(reply.body['id'])}/status/`)
    await test.app.runDue()
    assert.equal(test.twilio.messages().length, 1)
  })

  it('answers 202 while nobody knows whether the carrier has it', async (t) => {
    const test = await createTestApp(t)
    test.twilio.behave({ kind: 'hang-up', after: 'accepting' }, { kind: 'lost-callbacks' })
    const { answer } = await sendAndWait(test)
    await test.app.runDue()
    await test.advance(20_000)
    const reply = await answer
    assert.deepEqual([reply.status, reply.body['status']], [202, 'IN_DOUBT'])
  })

  it('is answered by the callback where the answer itself is lost', async (t) => {
    const test = await createTestApp(t)
    test.twilio.behave({ kind: 'hang-up', after: 'accepting' })
    const { answer } = await sendAndWait(test)
    await test.app.runDue()
    await test.advance(1_000)
    const reply = await answer
    assert.equal(reply.status, 201)
  })
})
