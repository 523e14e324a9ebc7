import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, it, type TestContext } from 'node:test'
import { Webhook } from 'standardwebhooks'
import type { TwilioConfig } from '../../src/config.ts'
import { createTestApp, type TestApp } from '../app.ts'
import { createTestClock, type TestClock } from '../clock.ts'
import { startReceiver } from './receiver.ts'

const phone = '+14155552671'
const secretOf = (letter: string) => `whsec_${Buffer.from(letter.repeat(32)).toString('base64')}`
const [secret, older] = [secretOf('n'), secretOf('o')]
const day = 86_400_000

type Webhooks = NonNullable<TwilioConfig['webhooks']>
type Endpoint = NonNullable<Webhooks['endpoints']>[number]

/** An app that tells its endpoints. Its clock begins now: the official library asks the machine's. */
async function openApp(
  t: TestContext,
  endpoints: (Partial<Endpoint> & { url: string })[],
  config: Partial<TwilioConfig> & { webhooks?: Webhooks } = {},
): Promise<{ test: TestApp; clock: TestClock }> {
  const clock = createTestClock(Date.now())
  const webhooks: Webhooks = {
    allowLoopback: true,
    endpoints: endpoints.map((one, i) => ({ id: `e${i}`, secrets: [secret], ...one })),
    ...config.webhooks,
  }
  // A chance of one half: each wait is longer by a tenth.
  const test = await createTestApp(t, {
    clock,
    randomBytes: (size) => new Uint8Array(size).fill(0x7f),
    config: { ...config, webhooks },
  })
  return { test, clock }
}

async function send(test: TestApp): Promise<string> {
  const sent = await test.app.messages.send({ toPhone: phone, message: 'Your table is ready' })
  assert.ok(sent.kind === 'accepted')
  await test.app.runDue()
  return sent.message.id
}

describe('a webhook', () => {
  it('is signed so that the official library believes it, by each secret', async (t) => {
    const { url, received } = await startReceiver(t)
    const { test } = await openApp(t, [{ url, secrets: [secret, older] }])
    const id = await send(test)
    await test.twilio.clock.advance(5_000)
    await test.app.runDue()
    const types = received.map(({ json }) => json.type)
    assert.deepEqual(types, ['message.accepted', 'message.sent', 'message.delivered'])
    const [first] = received
    assert.ok(first)
    const { headers, body } = first
    for (const key of [secret, older]) {
      const event = new Webhook(key).verify(body, headers as Record<string, string>)
      assert.deepEqual(event, {
        id: headers['webhook-id'],
        type: 'message.accepted',
        timestamp: new Date(Date.parse(first.json.timestamp)).toISOString(),
        data: {
          message_id: id,
          status: 'ACCEPTED',
          to_phone: phone,
          from_phone: '+15005550006',
          provider_msg_id: test.twilio.messages()[0]?.sid,
          error_code: null,
          detail: 'queued',
          verification_id: null,
          metadata: null,
        },
      })
      assert.throws(() => new Webhook(key).verify(`${body} `, headers as Record<string, string>))
    }
    // By hand, as the specification says it: the library has signed it too.
    const signed = [headers['webhook-id'], headers['webhook-timestamp'], body].join('.')
    const byHand = [secret, older].map((key) => {
      const bytes = Buffer.from(key.replace('whsec_', ''), 'base64')
      return `v1,${createHmac('sha256', bytes).update(signed).digest('base64')}`
    })
    assert.equal(headers['webhook-signature'], byHand.join(' '))
    assert.throws(() => new Webhook(secretOf('x')).verify(body, headers as Record<string, string>))
    assert.equal(headers['content-type'], 'application/json')
    assert.ok(!body.includes('Your table'))
  })

  it('comes for what the endpoint asked for, verifications too', async (t) => {
    const { url, received } = await startReceiver(t)
    const events = ['message.accepted', 'verification.started'] as const
    const { test } = await openApp(t, [{ url, events: [...events] }])
    await send(test)
    await test.twilio.clock.advance(5_000)
    const started = await test.app.verifications.start({ toPhone: phone, purpose: 'login' })
    assert.ok(started.kind === 'started')
    await test.app.runDue()
    const types = received.map(({ json }) => json.type)
    assert.deepEqual(types, [...events])
    assert.deepEqual(received[1]?.json.data, {
      verification_id: started.verificationId,
      to_phone: phone,
      purpose: 'login',
      channel: 'sms',
    })
  })

  it('is tried again as the specification has it, and is the same event each time', async (t) => {
    let status = 500
    const { url, received } = await startReceiver(t, (response) => {
      response.statusCode = status
      response.end('no words of this are kept')
    })
    const { test, clock } = await openApp(t, [{ url, events: ['message.accepted'] }])
    await send(test)
    const waits = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]
    for (const [i, wait] of waits.entries()) {
      await clock.advance(wait * 1_000 - 1)
      await test.app.runDue()
      assert.equal(received.length, i + 1, `before ${wait} s`)
      await clock.advance(wait * 200)
      await test.app.runDue()
      assert.equal(received.length, i + 2, `after ${wait} s`)
    }
    await clock.advance(2 * day)
    await test.app.runDue()
    assert.equal(received.length, waits.length + 1)
    assert.equal(new Set(received.map(({ headers }) => headers['webhook-id'])).size, 1)
    assert.equal(new Set(received.map(({ body }) => body)).size, 1)
    const attempts = await test.app.webhooks.attempts({ endpoint: 'e0' })
    assert.deepEqual(
      attempts.map(({ attempt, outcome, statusCode }) => [attempt, outcome, statusCode]),
      Array.from({ length: 10 }, (_, i) => [10 - i, 'refused', 500]),
    )
    assert.equal(attempts[0]?.nextAt, undefined)
    assert.equal(typeof attempts[1]?.nextAt, 'number')
    const [state] = await test.app.webhooks.list()
    assert.deepEqual([state?.pending, state?.failed], [0, 1])
    const lines = test.logs.filter(({ fields }) => fields['event'] === 'webhook-given-up')
    assert.equal(lines.length, 1)
    assert.ok(!JSON.stringify([attempts, test.logs, state]).includes('t0ken'))
    assert.ok(!JSON.stringify([attempts, lines]).includes('415555'))

    status = 204
    const replayed = await test.app.webhooks.replay({ endpoint: 'e0', from: 0, onlyFailed: true })
    assert.deepEqual(replayed, { kind: 'replayed', events: 1 })
    await test.app.runDue()
    assert.equal(received.length, 11)
    assert.deepEqual((await test.app.webhooks.list())[0]?.failed, 0)
  })

  it('that is not answered in time, or with a redirect, has failed', async (t) => {
    const trap = await startReceiver(t)
    const { url, received, whenReceived } = await startReceiver(t, (response, nth) => {
      if (nth === 1) return
      response.writeHead(nth === 2 ? 307 : 200, { location: trap.url })
      response.end()
    })
    const { test, clock } = await openApp(t, [{ url, events: ['message.accepted'] }])
    const sending = send(test)
    await whenReceived(1)
    await clock.advance(15_000)
    await sending
    await clock.advance(10_000)
    await test.app.runDue()
    await clock.advance(400_000)
    await test.app.runDue()
    const attempts = await test.app.webhooks.attempts()
    assert.deepEqual(
      attempts.map(({ outcome, statusCode }) => [outcome, statusCode]),
      [
        ['ok', 200],
        ['refused', 307],
        ['timed out', undefined],
      ],
    )
    assert.equal(attempts[2]?.durationMs, 15_000)
    assert.equal(received.length, 3)
    assert.equal(trap.received.length, 0)
  })

  it('of an endpoint that is gone comes no more, until it is enabled; others do not notice', async (t) => {
    let status = 410
    const gone = await startReceiver(t, (response) => {
      response.statusCode = status
      response.end()
    })
    const other = await startReceiver(t)
    const events = ['message.accepted' as const]
    const { test } = await openApp(t, [
      { url: gone.url, events },
      { url: other.url, events },
    ])
    const first = await send(test)
    const second = await send(test)
    assert.equal(gone.received.length, 1)
    assert.equal(other.received.length, 2)
    const [state, fine] = await test.app.webhooks.list()
    assert.equal(typeof state?.disabledAt, 'number')
    assert.equal(fine?.disabledAt, undefined)
    assert.equal(test.logs.filter(({ fields }) => fields['event'] === 'webhook-disabled').length, 1)

    status = 200
    assert.equal(await test.app.webhooks.enable('e0'), true)
    assert.equal(await test.app.webhooks.enable('e0'), false)
    await test.app.runDue()
    assert.equal(gone.received.length, 1)
    const replay = { endpoint: 'e0', from: 0, onlyFailed: true }
    assert.deepEqual(await test.app.webhooks.replay(replay), { kind: 'replayed', events: 2 })
    await test.app.runDue()
    const replayed = gone.received.slice(1).map(({ json }) => json.data['message_id'])
    assert.deepEqual(new Set(replayed), new Set([first, second]))
  })

  it('holds up neither messages nor other endpoints while its own is silent', async (t) => {
    const silent = await startReceiver(t, () => undefined)
    const other = await startReceiver(t)
    const { test, clock } = await openApp(t, [{ url: silent.url }, { url: other.url }])
    const sending = send(test)
    await silent.whenReceived(1)
    await other.whenReceived(1)
    const sent = await test.app.messages.send({ toPhone: phone, message: 'Come in' })
    assert.ok(sent.kind === 'accepted')
    assert.equal(test.twilio.messages().length, 1)
    await clock.advance(15_000)
    await sending
  })

  it('can be sent again, one event at a time, also to an endpoint that came later', async (t) => {
    const { url, received } = await startReceiver(t)
    const { test } = await openApp(t, [{ url, events: ['message.read'] }])
    const ids: string[] = []
    test.app.on('message.accepted', ({ id }) => ids.push(id))
    await test.app.runDue()
    await send(test)
    assert.equal(received.length, 0)
    const [eventId = ''] = ids
    for (const count of [1, 2]) {
      assert.deepEqual(await test.app.webhooks.replay({ endpoint: 'e0', eventId }), {
        kind: 'replayed',
        events: 1,
      })
      await test.app.runDue()
      assert.equal(received.length, count)
    }
    const nothing = { kind: 'not-found' }
    for (const which of [
      { endpoint: 'e1', eventId },
      { endpoint: 'e0', eventId: 'evt_m_99999' },
      { endpoint: 'e0', eventId: "'; drop table sms_log; --" },
    ])
      assert.deepEqual(await test.app.webhooks.replay(which), nothing)
  })

  it('is forgotten with its log after retention.eventDays', async (t) => {
    const { url } = await startReceiver(t)
    const { test, clock } = await openApp(t, [{ url }], { retention: { eventDays: 4 } })
    await send(test)
    assert.equal((await test.app.webhooks.attempts()).length, 1)
    const isKept = async () =>
      (await test.app.webhooks.attempts()).some(({ createdAt }) => createdAt < clock.now() - day)
    await clock.advance(4 * day - 60_000)
    await test.app.runDue()
    assert.equal(await isKept(), true)
    await clock.advance(120_000)
    await test.app.runDue()
    assert.equal(await isKept(), false)
  })
})

describe('the settings of webhooks', () => {
  const endpoint = { id: 'billing', url: 'https://example.com/hooks', secrets: [secret] }
  const refused: [string, Webhooks][] = [
    ['webhooks.endpoints.0.url', { endpoints: [{ ...endpoint, url: 'http://example.com/' }] }],
    ['webhooks.endpoints.0.url', { endpoints: [{ ...endpoint, url: 'https://10.0.0.1/' }] }],
    ['webhooks.endpoints.0.secrets', { endpoints: [{ ...endpoint, secrets: [] }] }],
    [
      'webhooks.endpoints.0.secrets.0',
      { endpoints: [{ ...endpoint, secrets: ['whsec_c2hvcnQ='] }] },
    ],
    ['webhooks.endpoints.0.secrets.0', { endpoints: [{ ...endpoint, secrets: ['x'.repeat(40)] }] }],
    ['webhooks.endpoints.1.id', { endpoints: [endpoint, endpoint] }],
  ]
  for (const [setting, webhooks] of refused) {
    it(`are refused where they name nobody safely: ${setting} of ${JSON.stringify(webhooks).length} characters`, async (t) => {
      const trying = createTestApp(t, { config: { webhooks } })
      await assert.rejects(trying, (error: Error) => error.message.includes(setting))
    })
  }
})
