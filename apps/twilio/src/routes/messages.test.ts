import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { aMessage, createFakeApp, messageId, noon, problemOf } from '../../test/fake-services.ts'
import type { MessageEvent } from '../domain/event.ts'
import { messageStatuses } from '../domain/message.ts'
import type { SendResult } from '../services/messages.ts'
import { smsLog, smsStatus } from './shapes.ts'

const path = '/api/sms/send/'
const body = { to_phone: '+14155552671', message: 'Hello' }

describe('POST /api/sms/send/', () => {
  it('answers 202 with the SMSLog and where to look after it', async () => {
    const { post } = createFakeApp({ config: { publicUrl: 'https://example.com/sms' } })
    const response = await post('/sms/api/sms/send', body)
    assert.equal(response.status, 202)
    assert.equal(response.headers.get('location'), `/sms/api/sms/${messageId}/status/`)
    assert.equal(response.headers.get('idempotent-replayed'), null)
    assert.deepEqual(await response.json(), {
      id: messageId,
      channel: 'sms',
      direction: 'outbound',
      to_phone: '+14155552671',
      from_phone: null,
      messaging_service_sid: null,
      message: 'Hello',
      media_urls: [],
      status: 'QUEUED',
      provider_msg_id: null,
      error_code: null,
      num_segments: null,
      price: null,
      price_unit: null,
      attempts: 0,
      metadata: null,
      resend_of: null,
      send_at: null,
      expires_at: '2026-11-22T13:00:00.000Z',
      last_event_time: null,
      created_at: '2026-11-22T12:00:00.000Z',
      updated_at: '2026-11-22T12:00:00.000Z',
    })
  })

  it('hands every field on, and the caller with the key', async () => {
    const { post, calls } = createFakeApp()
    const full = {
      ...body,
      from_phone: '+15005550006',
      messaging_service_sid: `MG${'a'.repeat(32)}`,
      send_at: '2026-11-22T13:00:00+01:00',
      expires_at: '2026-11-22T14:00:00Z',
      priority: 'bulk',
      metadata: { order: '7' },
    }
    await post(path, full, { 'idempotency-key': 'order 7' })
    assert.deepEqual(calls, [
      {
        service: 'messages.send',
        input: {
          toPhone: '+14155552671',
          message: 'Hello',
          fromPhone: '+15005550006',
          messagingServiceSid: `MG${'a'.repeat(32)}`,
          sendAt: new Date(noon),
          expiresAt: new Date(noon + 2 * 3_600_000),
          priority: 'bulk',
          metadata: { order: '7' },
          idempotencyKey: 'order 7',
          caller: 'tester',
        },
      },
    ])
  })

  it('says when the answer is that of an earlier request', async () => {
    const { post } = createFakeApp({
      send: () => ({ kind: 'accepted', message: aMessage(), replayed: true }),
    })
    const response = await post(path, body, { 'idempotency-key': 'k' })
    assert.equal(response.status, 202)
    assert.equal(response.headers.get('idempotent-replayed'), 'true')
  })

  const refusals: [SendResult, number, string][] = [
    [{ kind: 'invalid-phone', field: 'from_phone' }, 422, 'invalid-phone'],
    [{ kind: 'invalid-message', field: 'send_at', detail: 'too far' }, 422, 'invalid-message'],
    [{ kind: 'destination-not-allowed', country: 'SE' }, 422, 'destination-not-allowed'],
    [{ kind: 'destination-not-allowed', country: undefined }, 422, 'destination-not-allowed'],
    [{ kind: 'opted-out' }, 409, 'opted-out'],
    [{ kind: 'idempotency-key-reused' }, 422, 'idempotency-key-reused'],
    [{ kind: 'throttled', retryAfterSeconds: 17 }, 429, 'throttled'],
    [{ kind: 'unavailable' }, 503, 'unavailable'],
  ]
  for (const [result, status, code] of refusals) {
    it(`answers ${JSON.stringify(result)} with ${status}`, async () => {
      const { post } = createFakeApp({ send: () => result })
      const response = await post(path, body)
      const document = await problemOf(response)
      assert.deepEqual([response.status, document.code], [status, code])
      if (result.kind === 'throttled') assert.equal(response.headers.get('retry-after'), '17')
      if ('field' in result) assert.equal(document.errors?.[0]?.field, result.field)
    })
  }
})

describe('Prefer: wait', () => {
  const prefer = { prefer: 'respond-async, wait=20' }

  it('answers 201 once the carrier has answered', async () => {
    const { post, calls } = createFakeApp({
      whenAnswered: async () => aMessage({ status: 'ACCEPTED', providerMsgId: 'SM1' }),
    })
    const response = await post(path, body, prefer)
    assert.equal(response.status, 201)
    assert.equal(response.headers.get('preference-applied'), 'wait=20')
    assert.equal(z.object({ status: z.string() }).parse(await response.json()).status, 'ACCEPTED')
    assert.deepEqual(calls[1]?.input, { id: messageId, waitMs: 20_000 })
  })

  it('answers 202 when the time is over, or the message for later', async () => {
    const silent = createFakeApp({ whenAnswered: async () => aMessage({ status: 'IN_DOUBT' }) })
    const response = await silent.post(path, body, prefer)
    assert.equal(response.status, 202)
    assert.equal(response.headers.get('preference-applied'), null)
    const later = createFakeApp({
      send: () => ({
        kind: 'accepted',
        message: aMessage({ status: 'SCHEDULED', sendAt: noon }),
        replayed: false,
      }),
    })
    assert.equal((await later.post(path, body, prefer)).status, 202)
    assert.equal(later.calls.length, 1)
  })

  it('never waits longer than the setting, and not at all for 0', async () => {
    const { post, calls } = createFakeApp({ config: { http: { maxWaitSeconds: 5 } } })
    await post(path, body, { prefer: 'wait=600' })
    assert.deepEqual(calls[1]?.input, { id: messageId, waitMs: 5_000 })
    await post(path, body, { prefer: 'wait=0' })
    assert.equal(calls.length, 3)
  })

  it('answers 201 at once for a repetition of what the carrier has', async () => {
    const { post, calls } = createFakeApp({
      send: () => ({ kind: 'accepted', message: aMessage({ status: 'SENT' }), replayed: true }),
    })
    const response = await post(path, body, prefer)
    assert.equal(response.status, 201)
    assert.equal(response.headers.get('idempotent-replayed'), 'true')
    assert.equal(calls.length, 1)
  })

  it('changes nothing about a refusal', async () => {
    const { post, calls } = createFakeApp({ send: () => ({ kind: 'opted-out' }) })
    assert.equal((await post(path, body, prefer)).status, 409)
    assert.equal(calls.length, 1)
  })
})

describe('GET /api/sms/{id}/status/', () => {
  const event: MessageEvent = {
    id: 1,
    messageId,
    providerMsgId: 'SM1',
    status: 'SENT',
    source: 'callback',
    applied: true,
    errorCode: undefined,
    detail: 'sent',
    attempt: 1,
    createdAt: noon,
  }

  it('gives the message and its events, as the schema says, in every status', async () => {
    for (const status of messageStatuses) {
      const full = aMessage({
        status,
        providerMsgId: 'SM1',
        fromPhone: '+15005550006',
        messagingServiceSid: `MG${'a'.repeat(32)}`,
        errorCode: 30003,
        numSegments: 1,
        price: '-0.00750',
        priceUnit: 'USD',
        metadata: { order: '7' },
        sendAt: noon,
        lastEventTime: noon,
      })
      for (const message of [full, aMessage({ status })]) {
        const { fetch } = createFakeApp({ get: async () => ({ message, events: [event] }) })
        const response = await fetch(`/api/sms/${messageId}/status/`)
        assert.equal(response.status, 200)
        const { events, ...log } = smsStatus.parse(await response.json())
        smsLog.parse(log)
        assert.deepEqual(events, [
          {
            status: 'SENT',
            source: 'callback',
            applied: true,
            error_code: null,
            detail: 'sent',
            attempt: 1,
            created_at: '2026-11-22T12:00:00.000Z',
          },
        ])
      }
    }
  })

  it('answers 404 for an unknown id, and asks nobody about what is no id', async () => {
    const { fetch, calls } = createFakeApp()
    const codeOf = async (id: string) =>
      (await problemOf(await fetch(`/api/sms/${id}/status/`))).code
    assert.equal(await codeOf(messageId), 'message-not-found')
    assert.equal(await codeOf(messageId.toUpperCase()), 'message-not-found')
    assert.deepEqual(
      calls.map((one) => one.input),
      [messageId, messageId],
    )
    for (const id of [
      '1',
      'x'.repeat(36),
      `${messageId}0`,
      `${messageId}%00`,
      "'%20OR%201=1",
      '%ff',
    ]) {
      assert.equal(await codeOf(id), 'message-not-found', id)
    }
    assert.equal(calls.length, 2)
  })
})
