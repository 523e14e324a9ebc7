import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openSqlite } from '../src/storage/engines/sqlite.ts'
import { createTestApp, type TestApp } from './app.ts'
import { write } from './inbound-post.ts'
import { sidOf } from './signed-callback.ts'
import { live } from './traffic.ts'

const phone = '+14155552671'
const day = 86_400_000

async function accepted(
  test: TestApp,
  more: { sendAt?: Date; metadata?: Record<string, string> } = {},
) {
  const sent = await test.app.messages.send({ toPhone: phone, message: 'Table 7 is free', ...more })
  assert.ok(sent.kind === 'accepted')
  return sent.message
}

async function delivered(test: TestApp) {
  const { id } = await accepted(test, { metadata: { guest: 'Ada' } })
  await live(test, 300)
  const found = await test.app.messages.get(id)
  assert.equal(found?.message.status, 'DELIVERED')
  return found.message
}

const cancel = (test: TestApp, id: string) => test.request('POST', `/api/sms/${id}/cancel/`)
const newest = async (test: TestApp) => (await test.app.audit.list({ limit: 1 }))[0]
const textsOf = (test: TestApp) => test.twilio.messages({ to: phone }).map(({ body }) => body)

describe('POST /api/sms/{id}/cancel/', () => {
  it('takes back what waits, now and again', async (t) => {
    const test = await createTestApp(t)
    const queued = await accepted(test)
    const scheduled = await accepted(test, { sendAt: new Date(test.clock.now() + day) })
    for (const { id } of [queued, scheduled, queued]) {
      const reply = await cancel(test, id)
      assert.deepEqual(
        [reply.status, reply.body['status'], reply.body['id']],
        [200, 'CANCELED', id],
      )
    }
    await test.advance(2 * day)
    await test.app.runDue()
    assert.deepEqual(textsOf(test), [])
    const found = await test.app.messages.get(queued.id)
    assert.deepEqual(
      found?.events.map(({ status, source }) => `${status} ${source}`),
      ['QUEUED api', 'CANCELED api'],
    )
    const entries = await test.app.audit.list({ subject: queued.id })
    assert.deepEqual(
      entries.map(({ action, detail }) => [action, detail]),
      [['message-canceled', undefined]],
    )
    const [key] = await test.app.apiKeys.list()
    assert.equal(entries[0]?.actor, key?.id)
  })

  it('is too late once Twilio is called, and says where the message stands', async (t) => {
    const test = await createTestApp(t)
    test.twilio.behave({ kind: 'hang-up', after: 'accepting' })
    const { id } = await accepted(test)
    await test.app.runDue()
    const inDoubt = await cancel(test, id)
    assert.deepEqual(
      [inDoubt.status, inDoubt.body['code'], inDoubt.body['detail']],
      [409, 'too-late-to-cancel', 'It is IN_DOUBT.'],
    )
    const { id: other } = await delivered(test)
    assert.equal((await cancel(test, other)).body['detail'], 'It is DELIVERED.')
    assert.equal((await test.app.messages.get(other))?.message.status, 'DELIVERED')
    assert.equal((await cancel(test, '019ab5c0-0000-7000-8000-000000000001')).status, 404)
    assert.deepEqual(await test.app.audit.list({ subject: other }), [])
  })

  it('or the worker has it: each message is sent or canceled, never both', async (t) => {
    const test = await createTestApp(t)
    const ids: string[] = []
    for (let i = 0; i < 40; i++) ids.push((await accepted(test)).id)
    const running = test.app.runDue()
    const results = await Promise.all(ids.map((id) => test.app.messages.cancel(id)))
    await running
    const canceled = results.filter(({ kind }) => kind === 'canceled').length
    assert.equal(textsOf(test).length, 40 - canceled)
  })

  it('ends the wait of whoever waits for the answer', async (t) => {
    const test = await createTestApp(t)
    const { id } = await accepted(test)
    const waiting = test.app.messages.whenAnswered(id, 60_000)
    await test.app.messages.cancel(id)
    assert.equal((await waiting)?.status, 'CANCELED')
  })
})

describe('messages.resend', () => {
  it('sends the text again, as a message that names the old one', async (t) => {
    const test = await createTestApp(t)
    const old = await delivered(test)
    const again = await test.app.messages.resend(old.id, { actor: 'anna' })
    assert.ok(again.kind === 'accepted')
    const { id, resendOf, message, metadata, fromPhone } = again.message
    assert.deepEqual(
      [resendOf, message, metadata, fromPhone],
      [old.id, old.message, { guest: 'Ada' }, old.fromPhone],
    )
    await test.app.runDue()
    assert.deepEqual(textsOf(test), [old.message, old.message])
    const { body } = await test.request('GET', `/api/sms/${id}/status/`)
    assert.equal(body['resend_of'], old.id)
    const entry = await newest(test)
    assert.deepEqual(
      [entry?.actor, entry?.action, entry?.subject, entry?.detail],
      ['anna', 'message-resent', old.id, { sent: id }],
    )
  })

  it('is one message for one key, and never the one of a send with that key', async (t) => {
    const test = await createTestApp(t)
    const old = await delivered(test)
    const options = { actor: 'anna', idempotencyKey: 'click-1' }
    const results = await Promise.all(
      [1, 2, 3].map(() => test.app.messages.resend(old.id, options)),
    )
    const ids = results.map((one) => (one.kind === 'accepted' ? one.message.id : one.kind))
    assert.equal(new Set(ids).size, 1)
    assert.equal((await test.app.audit.list({ subject: old.id })).length, 1)
    const { message, fromPhone } = old
    const input = { toPhone: phone, message, fromPhone, metadata: { guest: 'Ada' } }
    const sent = await test.app.messages.send({
      ...input,
      caller: 'anna',
      idempotencyKey: 'click-1',
    })
    assert.equal(sent.kind, 'idempotency-key-reused')
  })

  it('passes every check of a send', async (t) => {
    const throttles = { messagesPerPhone: [{ limit: 2, windowSeconds: 86_400 }] }
    const test = await createTestApp(t, { config: { throttles } })
    const old = await delivered(test)
    await write(test, { sid: sidOf(1), body: 'STOP' })
    assert.equal((await test.app.messages.resend(old.id)).kind, 'opted-out')
    await write(test, { sid: sidOf(2), body: 'START' })
    assert.equal((await test.app.messages.resend(old.id)).kind, 'accepted')
    assert.equal((await test.app.messages.resend(old.id)).kind, 'throttled')
  })

  it('refuses what may still arrive, what is forgotten, codes, and what phones have written', async (t) => {
    const store = openSqlite(':memory:')
    const test = await createTestApp(t, {
      store,
      config: {
        verification: {
          backend: 'own-codes',
          secrets: ['a secret of a test, long enough to be one'],
          countries: 'all',
          refusedTypes: [],
        },
      },
    })
    const kindOf = async (id: string) => (await test.app.messages.resend(id)).kind
    const { id } = await accepted(test)
    assert.equal(await kindOf(id), 'not-over')
    await test.app.verifications.start({ toPhone: phone })
    await live(test, 300)
    const sids = test.twilio.messages({ to: phone }).map(({ sid }) => sid)
    const sent = await store.messages.findByProviderIds(sids)
    assert.equal(sent.length, 2)
    assert.equal(await kindOf(sent.find((one) => one.id !== id)?.id ?? ''), 'verification')
    await write(test, { sid: sidOf(1), body: 'hi' })
    const [inbound] = await test.app.messages.listInbound()
    assert.equal(await kindOf(inbound?.id ?? ''), 'inbound')
    await test.app.messages.redact(id)
    assert.equal(await kindOf(id), 'forgotten')
    assert.equal(await kindOf('019ab5c0-0000-7000-8000-000000000001'), 'message-not-found')
  })
})

describe('messages.redact', () => {
  it('empties the text at Twilio and here, and keeps the rest', async (t) => {
    const test = await createTestApp(t)
    const old = await delivered(test)
    const result = await test.app.messages.redact(old.id, { actor: 'anna' })
    const emptied = { ...old, message: '', metadata: undefined }
    assert.deepEqual(result, { kind: 'redacted', message: emptied, carrier: 'redacted' })
    const listed = await atTwilio(test, old.providerMsgId ?? '')
    assert.deepEqual([listed['body'], listed['status']], ['', 'delivered'])
    const entry = await newest(test)
    assert.deepEqual(
      [entry?.actor, entry?.action, entry?.subject],
      ['anna', 'message-redacted', old.id],
    )
    assert.equal((await test.app.messages.redact(old.id)).kind, 'redacted')
  })

  it('changes nothing here while Twilio cannot be asked, and can be repeated', async (t) => {
    const test = await createTestApp(t)
    const old = await delivered(test)
    test.twilio.behave({
      kind: 'server-error',
      before: 'accepting',
      operation: 'messages.update',
    })
    const failed = await test.app.messages.redact(old.id)
    assert.equal(failed.kind, 'unavailable')
    assert.deepEqual((await test.app.messages.get(old.id))?.message, old)
    assert.notEqual((await newest(test))?.action, 'message-redacted')
    assert.equal((await test.app.messages.redact(old.id)).kind, 'redacted')
  })

  it('waits until the message is over, and needs no Twilio that never had it', async (t) => {
    const test = await createTestApp(t)
    const { id } = await accepted(test)
    assert.deepEqual(await test.app.messages.redact(id), { kind: 'not-over', status: 'QUEUED' })
    await test.app.messages.cancel(id)
    const result = await test.app.messages.redact(id)
    assert.ok(result.kind === 'redacted')
    assert.deepEqual([result.carrier, result.message.message], ['never-there', ''])
    assert.equal((await test.app.messages.redact(sidOf(1))).kind, 'message-not-found')
  })

  it('also of what a phone has written', async (t) => {
    const test = await createTestApp(t)
    const { sid } = await test.twilio.reply({ from: phone, body: 'my secret' })
    await write(test, { sid, body: 'my secret' })
    const [inbound] = await test.app.messages.listInbound()
    const result = await test.app.messages.redact(inbound?.id ?? '')
    assert.ok(result.kind === 'redacted')
    assert.deepEqual([result.carrier, result.message.message], ['redacted', ''])
    assert.equal((await atTwilio(test, sid))['body'], '')
    await write(test, { sid: sidOf(7), body: 'unknown there' })
    const [other] = await test.app.messages.listInbound()
    const gone = await test.app.messages.redact(other?.id ?? '')
    assert.ok(gone.kind === 'redacted' && gone.carrier === 'gone')
  })
})

describe('messages.erase', () => {
  it('takes a phone out of everything but its opt-outs', async (t) => {
    const test = await createTestApp(t)
    const old = await delivered(test)
    const other = await test.app.messages.send({ toPhone: '+14155550000', message: 'stays' })
    const waiting = await accepted(test)
    const later = await accepted(test, { sendAt: new Date(test.clock.now() + day) })
    await write(test, { sid: sidOf(1), body: 'STOP' })
    const result = await test.app.messages.erase(phone, { actor: 'anna' })
    assert.deepEqual(result, { kind: 'erased', messages: 4, canceled: 2, left: 0 })
    for (const { id } of [old, waiting, later]) {
      const { message } = (await test.app.messages.get(id)) ?? {}
      assert.deepEqual([message?.toPhone, message?.message], ['+1415*****71', ''])
    }
    const [inbound] = await test.app.messages.listInbound()
    assert.deepEqual([inbound?.fromPhone, inbound?.message], ['+1415*****71', ''])
    assert.ok(other.kind === 'accepted')
    const kept = await test.app.messages.get(other.message.id)
    assert.equal(kept?.message.message, 'stays')
    assert.equal(await test.app.optOuts.has(phone), true)
    const entry = await newest(test)
    assert.deepEqual([entry?.actor, entry?.action], ['anna', 'phone-erased'])
    assert.ok(!JSON.stringify(await test.app.audit.list({ limit: 1_000 })).includes(phone))
    assert.deepEqual(await test.app.messages.erase('everybody'), { kind: 'invalid-phone' })
  })

  it('leaves what is on its way, and takes it when it is asked again', async (t) => {
    const test = await createTestApp(t)
    const { id } = await accepted(test)
    await test.app.runDue()
    const left = { kind: 'erased', messages: 0, canceled: 0, left: 1 }
    assert.deepEqual(await test.app.messages.erase(phone), left)
    assert.equal((await test.app.messages.get(id))?.message.toPhone, phone)
    await live(test, 300)
    const done = { kind: 'erased', messages: 1, canceled: 0, left: 0 }
    assert.deepEqual(await test.app.messages.erase(phone), done)
  })
})

/** The message as Twilio shows it. */
async function atTwilio({ twilio }: TestApp, sid: string): Promise<Record<string, unknown>> {
  const { accountSid, authToken } = twilio
  const basic = Buffer.from(`${accountSid}:${authToken}`).toString('base64')
  const address = `https://twilio.test/2010-04-01/Accounts/${accountSid}/Messages/${sid}.json`
  const answer = await twilio.fetch(
    new Request(address, { headers: { authorization: `Basic ${basic}` } }),
  )
  return (await answer.json()) as Record<string, unknown>
}
