import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createFakeApp, noon, problemOf } from '../../test/fake-services.ts'
import type { CheckResult, StartResult } from '../services/verifications.ts'
import { checkedVerification, startedVerification } from './shapes.ts'

const start = '/api/sms/verify/start/'
const check = '/api/sms/verify/check/'
const to_phone = '+14155552671'

describe('POST /api/sms/verify/start/', () => {
  it('answers 202 with the id and the deadlines', async () => {
    const { post } = createFakeApp()
    const response = await post(start, { to_phone })
    assert.equal(response.status, 202)
    assert.deepEqual(startedVerification.parse(await response.json()), {
      verification_id: 'v-1',
      status: 'pending',
      channel: 'sms',
      expires_at: '2026-11-22T12:10:00.000Z',
      resend_after: '2026-11-22T12:00:30.000Z',
      sends_left: 4,
    })
  })

  it('hands on every field and who is at the other end', async () => {
    const { post, calls } = createFakeApp({ config: { http: { trustedProxies: 1 } } })
    const body = {
      to_phone,
      channel: 'call',
      locale: 'pt-BR',
      purpose: 'login',
      verification_id: 'v-1',
    }
    await post(start, body, { 'x-forwarded-for': '10.0.0.1, 2001:db8::1:2:3:4' })
    await post(start, { to_phone }, { 'x-forwarded-for': '198.51.100.7' })
    assert.deepEqual(calls[0]?.input, {
      toPhone: to_phone,
      channel: 'call',
      locale: 'pt-BR',
      purpose: 'login',
      verificationId: 'v-1',
      clientAddress: '2001:db8::1:2:3:4',
    })
    assert.equal(Reflect.get(Object(calls[1]?.input), 'clientAddress'), '198.51.100.7')
  })

  const refusals: [StartResult, number, string][] = [
    [{ kind: 'invalid-phone' }, 422, 'invalid-phone'],
    [{ kind: 'destination-not-allowed' }, 422, 'destination-not-allowed'],
    [{ kind: 'channel-not-available' }, 422, 'channel-not-available'],
    [{ kind: 'verification-not-found' }, 404, 'verification-not-found'],
    [{ kind: 'throttled', retryAfterSeconds: 29.2 }, 429, 'throttled'],
    [{ kind: 'unavailable' }, 503, 'unavailable'],
  ]
  for (const [result, status, code] of refusals) {
    it(`answers ${result.kind} with ${status}`, async () => {
      const response = await createFakeApp({ start: result }).post(start, { to_phone })
      assert.deepEqual([response.status, (await problemOf(response)).code], [status, code])
      if (result.kind === 'throttled') assert.equal(response.headers.get('retry-after'), '30')
    })
  }
})

describe('POST /api/sms/verify/check/', () => {
  const body = { verification_id: 'v-1', code: '012345' }

  const outcomes: [CheckResult, object][] = [
    [
      { kind: 'approved', token: 'a.b.c', tokenExpiresAt: noon, toPhone: to_phone },
      {
        outcome: 'approved',
        token: 'a.b.c',
        token_expires_at: '2026-11-22T12:00:00.000Z',
        to_phone,
      },
    ],
    [
      { kind: 'incorrect', attemptsLeft: 3 },
      { outcome: 'incorrect', attempts_left: 3 },
    ],
    [{ kind: 'expired' }, { outcome: 'expired' }],
    [{ kind: 'too-many-attempts' }, { outcome: 'too-many-attempts' }],
    [{ kind: 'already-used' }, { outcome: 'already-used' }],
    [{ kind: 'canceled' }, { outcome: 'canceled' }],
    [{ kind: 'not-found' }, { outcome: 'not-found' }],
  ]
  for (const [result, expected] of outcomes) {
    it(`answers 200 with the outcome ${result.kind}`, async () => {
      const response = await createFakeApp({ check: result }).post(check, body)
      assert.equal(response.status, 200)
      assert.deepEqual(checkedVerification.parse(await response.json()), expected)
    })
  }

  it('asks by id, or by number and purpose', async () => {
    const { post, calls } = createFakeApp()
    await post(check, body)
    await post(check, { to_phone, purpose: 'login', code: '1234' })
    assert.deepEqual(
      calls.map((one) => one.input),
      [
        { verificationId: 'v-1', code: '012345' },
        { toPhone: to_phone, purpose: 'login', code: '1234' },
      ],
    )
  })

  it('wants the id where checking by number is off', async () => {
    const { post } = createFakeApp({ check: { kind: 'check-by-phone-off' } })
    const document = await problemOf(await post(check, { to_phone, code: '123456' }))
    assert.equal(document.code, 'invalid-body')
    assert.equal(document.errors?.[0]?.field, 'verification_id')
  })

  it('answers 429 and 503 as problems', async () => {
    const throttled = createFakeApp({ check: { kind: 'throttled', retryAfterSeconds: 60 } })
    const refused = await throttled.post(check, body)
    assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, '60'])
    const down = createFakeApp({ check: { kind: 'unavailable' } })
    assert.equal((await down.post(check, body)).status, 503)
  })
})

describe('verification.access', () => {
  it('opens both endpoints to everyone by public, and only these', async () => {
    const closed = createFakeApp({ authorize: () => undefined })
    const open = createFakeApp({
      authorize: () => undefined,
      config: { verification: { access: 'public' } },
    })
    for (const path of [start, check]) {
      const body = path === start ? { to_phone } : { verification_id: 'v-1', code: '123456' }
      assert.equal((await closed.post(path, body)).status, 401)
      assert.ok((await open.post(path, body)).ok)
    }
    assert.equal((await open.post('/api/sms/send/', { to_phone, message: 'a' })).status, 401)
  })
})
