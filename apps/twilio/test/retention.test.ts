import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRetention } from '../src/services/retention.ts'
import { openSqlite } from '../src/storage/engines/sqlite.ts'
import { createTestApp, type TestApp } from './app.ts'
import { live, messagesOf, sendMany } from './traffic.ts'

const day = 86_400
const text = 'Your table is ready, Ms Canary'
const phone = '+14155560000'

async function messageOf(test: TestApp, id: string) {
  return (await test.app.messages.get(id))?.message
}

async function later(test: TestApp, days: number): Promise<void> {
  await test.advance(days * day * 1_000)
  await test.app.runDue()
}

describe('retention', () => {
  it('forgets texts after 30 days and numbers after 400, and nothing else', async (t) => {
    const test = await createTestApp(t)
    const sent = await test.app.messages.send({
      toPhone: phone,
      message: text,
      metadata: { name: 'Canary' },
    })
    assert.ok(sent.kind === 'accepted')
    const { id } = sent.message
    await live(test, 300)
    await later(test, 29)
    const before = await messageOf(test, id)
    assert.deepEqual([before?.message, before?.metadata], [text, { name: 'Canary' }])
    await later(test, 1)
    const cleared = { ...before, message: '', metadata: undefined }
    assert.deepEqual(await messageOf(test, id), cleared)
    await later(test, 369)
    assert.deepEqual(await messageOf(test, id), cleared)
    await later(test, 1)
    assert.deepEqual(await messageOf(test, id), { ...cleared, toPhone: '+1415*****00' })
    const { body } = await test.request('GET', `/api/sms/${id}/status/`)
    assert.deepEqual([body['message'], body['metadata'], body['price']], ['', null, '0.00750'])
    assert.equal((body['events'] as unknown[]).length, 5)
  })

  it('leaves alone what is not over, and comes back for it', async (t) => {
    const test = await createTestApp(t)
    const sendAt = new Date(test.clock.now() + 34 * day * 1_000)
    const sent = await test.app.messages.send({ toPhone: phone, message: text, sendAt })
    assert.ok(sent.kind === 'accepted')
    // It does not hold up those that came after it.
    const [second = ''] = await sendMany(test, 1, { message: text })
    await live(test, 300)
    await later(test, 32)
    assert.equal((await messageOf(test, second))?.message, '')
    assert.equal((await messageOf(test, sent.message.id))?.message, text)
    await later(test, 2)
    await live(test, 300)
    assert.equal(test.twilio.messages({ to: phone }).at(-1)?.body, text)
    await later(test, 38)
    assert.equal((await messageOf(test, sent.message.id))?.message, text)
    await later(test, 1)
    assert.equal((await messageOf(test, sent.message.id))?.message, '')
  })

  it('forgets also what stays SENT for ever', async (t) => {
    const test = await createTestApp(t)
    test.twilio.behave({ kind: 'stay-sent' })
    const [id = ''] = await sendMany(test, 1, { message: text })
    await live(test, 2 * day, 3_600)
    await later(test, 30)
    const message = await messageOf(test, id)
    assert.deepEqual([message?.status, message?.message], ['SENT', ''])
  })

  it('catches up at once where it is only called now and then', async (t) => {
    const test = await createTestApp(t)
    const ids = await sendMany(test, 1_100, { message: text })
    await live(test, 300)
    await later(test, 31)
    const texts = (await messagesOf(test, ids)).map((message) => message?.message)
    assert.deepEqual(new Set(texts), new Set(['']))
  })

  it('deletes whole messages where that is wanted', async (t) => {
    const test = await createTestApp(t, { config: { retention: { rowDays: 10 } } })
    const [id = ''] = await sendMany(test, 1, { message: text })
    await live(test, 300)
    await later(test, 9)
    assert.equal((await messageOf(test, id))?.message, text)
    await later(test, 1)
    assert.equal(await test.app.messages.get(id), undefined)
    assert.equal((await test.request('GET', `/api/sms/${id}/status/`)).status, 404)
  })

  it('keeps everything where that is wanted', async (t) => {
    const forever = { textDays: 'forever', numberDays: 'forever', rowDays: 'forever' } as const
    const test = await createTestApp(t, { config: { retention: forever } })
    const [id = ''] = await sendMany(test, 1, { message: text })
    await live(test, 300)
    await later(test, 4_000)
    const message = await messageOf(test, id)
    assert.deepEqual([message?.message, message?.toPhone], [text, phone])
  })

  it('still answers a repeated call whose text is forgotten by now', async (t) => {
    const test = await createTestApp(t, { config: { retention: { textDays: 1 } } })
    const input = { toPhone: phone, message: text, idempotencyKey: 'order-17' }
    const first = await test.app.messages.send(input)
    await live(test, 300)
    await later(test, 6)
    const again = await test.app.messages.send(input)
    assert.ok(first.kind === 'accepted' && again.kind === 'accepted')
    assert.deepEqual([again.replayed, again.message.id], [true, first.message.id])
    assert.equal(again.message.message, '')
  })

  it('deletes verifications a day after they were started', async (t) => {
    const store = openSqlite(':memory:')
    const test = await createTestApp(t, { store })
    const started = await test.app.verifications.start({ toPhone: phone })
    assert.ok(started.kind === 'started')
    const { verificationId: id } = started
    await later(test, 0.9)
    assert.equal((await store.verifications.find(id))?.id, id)
    await later(test, 0.2)
    assert.equal(await store.verifications.find(id), undefined)
    const checked = await test.app.verifications.check({ verificationId: id, code: '123456' })
    assert.equal(checked.kind, 'not-found')
  })

  it('looks once a minute while there is little to do', async (t) => {
    const store = openSqlite(':memory:')
    const test = await createTestApp(t, { store })
    await sendMany(test, 3, { message: text })
    await live(test, 300)
    await test.advance(30 * day * 1_000)
    const retention = createRetention({ settings: test.app.settings, store, clock: test.clock })
    assert.equal(await retention.sweep(), 6, 'three keys and three texts')
    assert.equal(await retention.sweep(), 0)
    await sendMany(test, 2, { message: text })
    await test.advance(59_999)
    assert.equal(await retention.sweep(), 0)
  })
})
