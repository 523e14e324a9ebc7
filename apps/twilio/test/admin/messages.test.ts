import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TestApp } from '../app.ts'
import { createDesk, visit } from './desk.ts'

const phone = '+14155552671'

async function send(test: TestApp, body: object = {}): Promise<string> {
  const reply = await test.request('POST', '/api/sms/send/', {
    to_phone: phone,
    message: 'Order 17 is on its way',
    metadata: { order: '17' },
    ...body,
  })
  assert.equal(reply.status, 202, reply.text)
  return String(reply.body['id'])
}

describe('the messages of the admin pages', () => {
  it('are masked, and shown one by one to those who may, which is written down', async (t) => {
    const test = await createDesk(t)
    const id = await send(test)
    const operator = await visit(test, 'operator')
    for (const path of ['messages/', `messages/${id}/`, 'messages/?q=order']) {
      const { status, text } = await operator.ask('GET', path)
      assert.equal(status, 200, text)
      assert.ok(text.includes(id))
      assert.doesNotMatch(text, /Order 17|4155552671/, path)
    }
    const revealed = await operator.ask('POST', `messages/${id}/reveal/`)
    assert.deepEqual(revealed.body, {
      to_phone: phone,
      from_phone: '+15005550006',
      message: 'Order 17 is on its way',
      metadata: { order: '17' },
      media_urls: [],
    })
    const [entry] = await test.app.audit.list({ subject: id })
    assert.deepEqual([entry?.actor, entry?.action], ['operator', 'message-revealed'])
  })

  it('come with what can be done to them by this role', async (t) => {
    const test = await createDesk(t)
    const id = await send(test)
    const operator = await visit(test, 'operator')
    const panel = (await operator.ask('GET', `messages/${id}/`)).body
    assert.deepEqual(panel['actions'], ['reveal', 'cancel'])
    const viewer = await visit(test, 'viewer')
    assert.deepEqual((await viewer.ask('GET', `messages/${id}/`)).body['actions'], [])
    const canceled = await operator.ask('POST', `messages/${id}/cancel/`)
    assert.equal(canceled.status, 200, canceled.text)
    const again = await operator.ask('POST', `messages/${id}/resend/`)
    assert.equal(again.status, 202, again.text)
    const after = (await operator.ask('GET', `messages/${id}/`)).body
    const { message } = again.body as { message: { id: string; resend_of: string } }
    assert.deepEqual(
      [after['actions'], after['resends']],
      [['reveal', 'resend', 'redact'], [message.id]],
    )
    assert.equal(message.resend_of, id)
    const redacted = await operator.ask('POST', `messages/${id}/redact/`)
    assert.equal(redacted.status, 200, redacted.text)
    const refused = await operator.ask('POST', `messages/${id}/resend/`)
    assert.deepEqual([refused.status, refused.body['code']], [409, 'cannot-resend'])
    const actions = (await test.app.audit.list()).map(({ actor, action }) => `${actor} ${action}`)
    for (const action of ['message-canceled', 'message-resent', 'message-redacted']) {
      assert.ok(actions.includes(`operator ${action}`), actions.join())
    }
  })

  it('are counted by the hour, with what they cost', async (t) => {
    const test = await createDesk(t)
    await send(test)
    await test.app.runDue()
    for (let i = 0; i < 12; i++) {
      await test.advance(30_000)
      await test.app.runDue()
    }
    const viewer = await visit(test, 'viewer')
    const reply = await viewer.ask('GET', 'overview/?range=24h')
    assert.equal(reply.status, 200, reply.text)
    const { totals, buckets } = reply.body as {
      totals: Record<string, unknown>
      buckets: { sent: number }[]
    }
    assert.deepEqual([totals['sent'], totals['delivered'], totals['failed']], [1, 1, 0])
    assert.equal(buckets.length, 24)
    assert.equal(buckets.at(-1)?.sent, 1)
    assert.ok(Number((totals['cost'] as { amount: string }[])[0]?.amount) > 0, reply.text)
    assert.ok(Number(totals['delivery_median_s']) > 0, reply.text)
  })

  it('are sent by hand by those who may, which is written down', async (t) => {
    const test = await createDesk(t)
    const operator = await visit(test, 'operator')
    const body = { to_phone: phone, message: 'Order 17 is ready' }
    const reply = await operator.ask('POST', 'messages/', body, { 'idempotency-key': 'once' })
    assert.equal(reply.status, 202, reply.text)
    const { message } = reply.body as { message: { id: string } }
    const again = await operator.ask('POST', 'messages/', body, { 'idempotency-key': 'once' })
    assert.deepEqual(again.body, reply.body)
    assert.equal((await test.app.messages.get(message.id))?.message.message, body.message)
    const entries = await test.app.audit.list({ subject: message.id })
    assert.deepEqual(
      entries.map(({ actor, action }) => [actor, action]),
      [['operator', 'message-sent']],
    )
    await test.app.optOuts.add(phone, 'STOP')
    assert.equal((await operator.ask('POST', 'messages/', body)).body['code'], 'opted-out')
    const wrong = await operator.ask('POST', 'messages/', { ...body, to_phone: '12' })
    assert.equal(wrong.body['code'], 'invalid-phone')
  })

  it('tell of the callbacks that were refused, and why', async (t) => {
    const test = await createDesk(t)
    const [id, other] = [await send(test), await send(test)]
    test.twilio.behave({ kind: 'wrong-signature', times: 1 })
    await test.app.runDue()
    await test.advance(5_000)
    const viewer = await visit(test, 'viewer')
    const refusedOf = async (one: string) =>
      (await viewer.ask('GET', `messages/${one}/`)).body['refused_callbacks'] as object[]
    const found = [await refusedOf(id), await refusedOf(other)]
    // Twilio tries again: how often is its own affair.
    assert.equal(found.filter(({ length }) => length > 0).length, 1)
    assert.match(JSON.stringify(found), /"diagnosis":\["\w/)
  })
})
