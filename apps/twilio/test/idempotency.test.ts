import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { createTestApp, type TestApp } from './app.ts'

const day = 86_400_000
const body = { to_phone: '+14155552671', message: 'Your table is ready' }

function send(
  test: TestApp,
  key: string,
  payload: unknown = body,
  headers: Record<string, string> = {},
) {
  return test.request('POST', '/api/sms/send/', payload, { 'idempotency-key': key, ...headers })
}

describe('Idempotency-Key', () => {
  it('answers a repetition with the same message and sends it once', async (t) => {
    const test = await createTestApp(t)
    const first = await send(test, 'order-1')
    const second = await send(test, 'order-1')
    assert.equal(first.status, 202)
    assert.equal(second.status, 202)
    assert.equal(second.body['id'], first.body['id'])
    assert.equal(first.headers.get('idempotent-replayed'), null)
    assert.equal(second.headers.get('idempotent-replayed'), 'true')
    await test.app.runDue()
    assert.equal(test.twilio.messages().length, 1)
  })

  it('makes one row of many concurrent repetitions', async (t) => {
    const test = await createTestApp(t)
    const keys = Array.from({ length: 20 }, (_, i) => `key-${i}`)
    const answers = await Promise.all(
      keys.flatMap((key) => Array.from({ length: 25 }, () => send(test, key))),
    )
    assert.deepEqual(new Set(answers.map((one) => one.status)), new Set([202]))
    assert.equal(new Set(answers.map((one) => one.body['id'])).size, keys.length)
    assert.equal(
      answers.filter((one) => !one.headers.has('idempotent-replayed')).length,
      keys.length,
    )
    await test.app.runDue()
    assert.equal(test.twilio.messages().length, keys.length)
  })

  it('survives a restart', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'hsb-key-'))
    const config = { database: `file:${join(folder, 'sms.db')}` }
    const caller = {
      idempotencyKey: 'k',
      caller: 'a',
      toPhone: body.to_phone,
      message: body.message,
    }
    const before = await createTestApp(t, { config })
    const first = await before.app.messages.send(caller)
    await before.stop()
    const after = await createTestApp(t, { config })
    const second = await after.app.messages.send(caller)
    assert.ok(first.kind === 'accepted' && second.kind === 'accepted')
    assert.equal(second.message.id, first.message.id)
    assert.equal(second.replayed, true)
    await after.stop()
    rmSync(folder, { recursive: true })
  })

  it('is remembered for seven days and then free again', async (t) => {
    const test = await createTestApp(t)
    const first = await send(test, 'weekly')
    await test.advance(7 * day - 1_000)
    assert.equal((await send(test, 'weekly')).body['id'], first.body['id'])
    await test.advance(2_000)
    const later = await send(test, 'weekly')
    assert.equal(later.status, 202)
    assert.notEqual(later.body['id'], first.body['id'])
  })

  it('refuses the key for another request, and sends nothing', async (t) => {
    const test = await createTestApp(t)
    await send(test, 'k')
    const changes: unknown[] = [
      { ...body, message: 'Your table is ready ' },
      { ...body, to_phone: '+14155552672' },
      { ...body, from_phone: '+15005550006' },
      { ...body, metadata: { a: '1' } },
      { ...body, priority: 'bulk' },
      { ...body, expires_at: new Date(test.clock.now() + 60_000).toISOString() },
    ]
    for (const change of changes) {
      const answer = await send(test, 'k', change)
      assert.equal(answer.status, 422)
      assert.equal(answer.body['code'], 'idempotency-key-reused')
    }
    await test.app.runDue()
    assert.equal(test.twilio.messages().length, 1)
  })

  it('does not mind the spelling of the JSON', async (t) => {
    const test = await createTestApp(t)
    const payload = { ...body, priority: 'normal', metadata: { order: '7', shop: 'north' } }
    const first = await send(test, 'spelling', payload)
    const entries = fc.shuffledSubarray(Object.entries(payload), { minLength: 4, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(entries, fc.nat(4), fc.boolean(), async (shuffled, indent, reverse) => {
        const pairs = Object.entries(payload.metadata)
        const metadata = Object.fromEntries(reverse ? pairs.toReversed() : pairs)
        const text = JSON.stringify({ ...Object.fromEntries(shuffled), metadata }, null, indent)
        const answer = await send(test, 'spelling', text)
        assert.equal(answer.status, 202)
        assert.equal(answer.body['id'], first.body['id'])
      }),
      { numRuns: 50 },
    )
  })

  it('still answers a call whose expires_at has passed meanwhile', async (t) => {
    const test = await createTestApp(t)
    const payload = { ...body, expires_at: new Date(test.clock.now() + 60_000).toISOString() }
    const first = await send(test, 'k', payload)
    await test.advance(120_000)
    const again = await send(test, 'k', payload)
    assert.equal(again.status, 202)
    assert.equal(again.body['id'], first.body['id'])
    assert.equal((await send(test, 'other', payload)).body['code'], 'invalid-message')
  })

  it('is freed by every refusal before acceptance, and kept after it', async (t) => {
    const test = await createTestApp(t)
    const refused = [
      await send(test, 'k', '{"to_phone":'),
      await send(test, 'k', { ...body, message: '' }),
      await send(test, 'k', { ...body, to_phone: '+1' }),
      await send(test, 'k', { ...body, message: 'x'.repeat(70_000) }),
      await send(test, 'k', body, { authorization: 'Bearer nobody' }),
    ]
    for (const answer of refused) assert.ok(answer.status >= 400 && answer.status < 500)
    const accepted = await send(test, 'k')
    assert.equal(accepted.status, 202)
    test.twilio.behave({ kind: 'refuse', code: 21614 })
    await test.app.runDue()
    const replayed = await send(test, 'k')
    assert.equal(replayed.status, 202)
    assert.equal(replayed.body['status'], 'FAILED', 'the same message, with the status it has now')
  })

  it('belongs to one caller', async (t) => {
    const test = await createTestApp(t)
    const { key } = await test.app.apiKeys.create({ name: 'other', scopes: ['send'] })
    const mine = await send(test, 'shared')
    const theirs = await send(test, 'shared', body, { authorization: `Bearer ${key}` })
    assert.equal(theirs.status, 202)
    assert.notEqual(theirs.body['id'], mine.body['id'])
  })

  it('must be 1 to 255 printable characters', async (t) => {
    const test = await createTestApp(t)
    for (const key of ['', ' ', 'å'.normalize(), 'x'.repeat(256), 'a\tb']) {
      const answer = await send(test, key)
      assert.equal(answer.status, 400, JSON.stringify(key))
      assert.equal(answer.body['code'], 'invalid-idempotency-key')
    }
    assert.equal((await send(test, 'x'.repeat(255))).status, 202)
  })

  it('never stands in a log or in the database as it was sent', async (t) => {
    const test = await createTestApp(t)
    await send(test, 'canary-key-4711')
    await send(test, 'canary-key-4711', { ...body, message: 'other' })
    assert.doesNotMatch(JSON.stringify(test.logs), /canary-key-4711/)
  })
})
