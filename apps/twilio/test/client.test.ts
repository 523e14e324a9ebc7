import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { createTwilioClient, type Fetch, type SendInput } from '../src/client.ts'
import { createTestApp, publicUrl, type TestApp, type TestOptions } from './app.ts'

const hello: SendInput = { toPhone: '+14155552671', message: 'Hello' }

/** A client of a test app. `between` stands where the network would. */
async function createClient(
  t: TestContext,
  options: { app?: TestOptions; between?: (call: Fetch) => Fetch; key?: string | false } = {},
) {
  const test = await createTestApp(t, options.app)
  const { key } = await test.app.apiKeys.create({
    name: 'client',
    scopes: ['send', 'read', 'verify'],
  })
  const requests: Request[] = []
  const waits: number[] = []
  const direct: Fetch = async (url, init) => {
    const request = new Request(url, init)
    requests.push(request.clone())
    return test.app.fetch(request)
  }
  const client = createTwilioClient(
    {
      baseUrl: `${publicUrl}/`,
      apiKey: options.key === false ? undefined : (options.key ?? key),
      fetch: (options.between ?? ((call) => call))(direct),
      timeoutMs: 5_000,
    },
    { wait: async (ms) => void waits.push(ms), random: () => 0.5 },
  )
  return { test, client, requests, waits }
}

const keysOf = (requests: Request[]) =>
  new Set(requests.map((one) => one.headers.get('idempotency-key')))

/** Serves these instead of the first answers; what it stands before has been done. */
const instead =
  (answers: (() => Response | Promise<Response>)[]) =>
  (call: Fetch): Fetch =>
  async (url, init) => {
    const answer = await call(url, init)
    const next = answers.shift()
    return next ? next() : answer
  }

const lost = () => Promise.reject(new TypeError('fetch failed'))

async function messagesTo(test: TestApp, phone: string): Promise<number> {
  await test.app.runDue()
  return test.twilio.messages({ to: phone }).length
}

describe('messages.send', () => {
  it('sends, in the names of the in-process API', async (t) => {
    const { client } = await createClient(t)
    const metadata = { order_id: '17', camelCase: 'kept' }
    const sendAt = new Date(Date.UTC(2026, 10, 1, 13))
    const result = await client.messages.send({ ...hello, metadata, sendAt })
    assert.ok(result.kind === 'accepted')
    const { message } = result
    assert.deepEqual(
      [message.toPhone, message.status, message.sendAt, message.providerMsgId, result.replayed],
      ['+14155552671', 'SCHEDULED', '2026-11-01T13:00:00.000Z', null, false],
    )
    assert.deepEqual(message.metadata, metadata)
  })

  it('tells what became of it, with every event', async (t) => {
    const { test, client } = await createClient(t)
    const sent = await client.messages.send(hello)
    assert.ok(sent.kind === 'accepted')
    await test.app.runDue()
    await test.advance(5_000)
    const found = await client.messages.status(sent.message.id)
    assert.ok(found.kind === 'found')
    assert.equal(found.message.status, 'DELIVERED')
    assert.ok(!('events' in found.message))
    assert.deepEqual(found.events.map((one) => one.source).slice(0, 2), ['api', 'worker'])
    assert.equal(found.events.at(-1)?.errorCode, null)
    const unknown = await client.messages.status('../send')
    assert.equal(unknown.kind, 'message-not-found')
  })

  it('takes a message back while it waits', async (t) => {
    const { test, client } = await createClient(t)
    const sent = await client.messages.send(hello)
    assert.ok(sent.kind === 'accepted')
    for (let i = 0; i < 2; i++) {
      const canceled = await client.messages.cancel(sent.message.id)
      assert.ok(canceled.kind === 'canceled')
      assert.equal(canceled.message.status, 'CANCELED')
    }
    const other = await client.messages.send({ ...hello, message: 'other' })
    assert.ok(other.kind === 'accepted')
    await test.app.runDue()
    const late = await client.messages.cancel(other.message.id)
    assert.equal(late.kind, 'too-late-to-cancel')
    assert.equal((await client.messages.cancel('../send')).kind, 'message-not-found')
  })

  it('waits for Twilio where it is asked to', async (t) => {
    const { test, client, requests } = await createClient(t)
    const state = { isAnswered: false }
    const sending = client.messages.send(hello, { wait: 9.2 }).finally(() => {
      state.isAnswered = true
    })
    // The worker's turns: the first may come before the message is stored.
    while (!state.isAnswered) {
      await turn()
      await test.app.runDue()
    }
    const sent = await sending
    assert.ok(sent.kind === 'accepted' && sent.message.status === 'ACCEPTED')
    assert.equal(requests[0]?.headers.get('prefer'), 'wait=10')
  })

  it('sends once, however often the answer is lost', async (t) => {
    const { test, client, requests, waits } = await createClient(t, {
      between: instead([lost, lost]),
    })
    const sent = await client.messages.send(hello)
    assert.ok(sent.kind === 'accepted' && sent.replayed)
    assert.equal(requests.length, 3)
    assert.equal(keysOf(requests).size, 1)
    assert.deepEqual(waits, [400, 800])
    assert.equal(await messagesTo(test, hello.toPhone), 1)
  })

  it('gives the key of a send that nobody answered, so that it can be sent again later', async (t) => {
    const { test, client } = await createClient(t, { between: instead([lost, lost, lost]) })
    const first = await client.messages.send(hello)
    assert.ok(first.kind === 'unreachable' && first.reason === 'network')
    assert.ok(first.error instanceof TypeError)
    const { idempotencyKey } = first
    const again = await client.messages.send(hello, { idempotencyKey })
    assert.ok(again.kind === 'accepted' && again.replayed)
    assert.equal(await messagesTo(test, hello.toPhone), 1)
  })

  it('does not mix up two sends', async (t) => {
    const { test, client, requests } = await createClient(t)
    await client.messages.send(hello)
    await client.messages.send(hello)
    assert.equal(keysOf(requests).size, 2)
    assert.equal(await messagesTo(test, hello.toPhone), 2)
  })

  it('tries again where the server says when, and not where that is long', async (t) => {
    const away = (seconds: string) => () =>
      Response.json(
        { code: 'unavailable', status: 503, request_id: 'r-1' },
        { status: 503, headers: { 'retry-after': seconds } },
      )
    const soon = await createClient(t, { between: instead([away('5')]) })
    assert.equal((await soon.client.messages.send(hello)).kind, 'accepted')
    assert.deepEqual(soon.waits, [5_000])
    const late = await createClient(t, { between: instead([away('60')]) })
    const result = await late.client.messages.send(hello)
    assert.ok(result.kind === 'unavailable')
    assert.deepEqual([result.retryAfterSeconds, result.requestId], [60, 'r-1'])
    assert.deepEqual(late.waits, [])
  })
})

describe('a refusal', () => {
  it('is named as in the table of problems, with its fields', async (t) => {
    const { client, requests } = await createClient(t)
    const result = await client.messages.send({ ...hello, toPhone: '+1' })
    assert.ok(result.kind === 'invalid-phone')
    assert.equal(result.errors?.[0]?.field, 'to_phone')
    assert.match(result.requestId ?? '', /^[0-9a-f]{24}$/)
    assert.equal(requests.length, 1, 'a refusal is not tried again')
    const unknown = { ...hello, toFax: '1' }
    assert.equal((await client.messages.send(unknown)).kind, 'invalid-body')
    for (const idempotencyKey of ['', 'ключ', 'a\nb']) {
      const refused = await client.messages.send(hello, { idempotencyKey })
      assert.equal(refused.kind, 'invalid-idempotency-key')
    }
  })

  it('says how long to wait', async (t) => {
    const throttles = { messagesPerPhone: [{ limit: 1, windowSeconds: 60 }] }
    const { client } = await createClient(t, { app: { config: { throttles } } })
    await client.messages.send(hello)
    const result = await client.messages.send(hello)
    assert.ok(result.kind === 'throttled')
    assert.equal(result.retryAfterSeconds, 60)
  })

  it('tells an unknown key from a key without the scope', async (t) => {
    const { client } = await createClient(t, { key: 'hsb_nobody' })
    assert.equal((await client.messages.send(hello)).kind, 'unauthenticated')
    const { test } = await createClient(t)
    const { key } = await test.app.apiKeys.create({ name: 'other', scopes: ['read'] })
    const other = createTwilioClient({
      baseUrl: publicUrl,
      apiKey: key,
      fetch: (url, init) => test.app.fetch(new Request(url, init)),
    })
    assert.equal((await other.messages.send(hello)).kind, 'forbidden')
  })
})

describe('an answer that is none of this API', () => {
  const page = (status: number) => () =>
    new Response('<html>', { status, headers: { 'content-type': 'text/html' } })

  it('is unexpected', async (t) => {
    const odd = [page(200), () => Response.json([]), () => Response.json({ ok: true }), page(418)]
    const { client, waits } = await createClient(t, { between: instead(odd) })
    for (const status of [200, 200, 200, 418]) {
      const result = await client.messages.send(hello)
      assert.ok(result.kind === 'unexpected' && result.status === status)
    }
    assert.deepEqual(waits, [])
  })

  it('keeps the code of a problem that it does not know', async (t) => {
    const problem = () => Response.json({ code: 'newer-problem', detail: 'x' }, { status: 409 })
    const { client } = await createClient(t, { between: instead([problem]) })
    const result = await client.messages.send(hello)
    assert.ok(result.kind === 'unexpected')
    assert.deepEqual([result.status, result.code, result.detail], [409, 'newer-problem', 'x'])
  })

  it('is tried again where a gateway could not reach the server', async (t) => {
    const { client, waits } = await createClient(t, { between: instead([page(502), page(504)]) })
    const result = await client.messages.send(hello)
    assert.ok(result.kind === 'accepted' && result.replayed)
    assert.equal(waits.length, 2)
  })
})

describe('verification', () => {
  const publicly: TestOptions = {
    config: {
      verification: {
        access: 'public',
        secrets: ['a secret of a test, long enough to be one'],
        countries: 'all',
      },
    },
  }

  it('runs from a front end, without a key', async (t) => {
    const { test, client, requests } = await createClient(t, { app: publicly, key: false })
    const started = await client.verification.start({ toPhone: hello.toPhone, purpose: 'login' })
    assert.ok(started.kind === 'started')
    assert.deepEqual(
      [started.channel, started.sendsLeft, started.resendAfter],
      ['sms', 4, '2026-11-01T12:00:30.000Z'],
    )
    assert.equal(requests[0]?.headers.has('authorization'), false)
    const { verificationId } = started
    const code = test.twilio.code(hello.toPhone) ?? ''
    const wrong = await client.verification.check({ verificationId, code: `${code}0` })
    assert.deepEqual(wrong, { kind: 'incorrect', attemptsLeft: 4 })
    const right = await client.verification.check({ verificationId, code })
    assert.ok(right.kind === 'approved' && right.toPhone === hello.toPhone)
    const proof = await test.app.verifications.readProof(right.token, { purpose: 'login' })
    assert.equal(proof?.toPhone, hello.toPhone)
    const again = await client.verification.check({ verificationId, code })
    assert.deepEqual(again, { kind: 'already-used' })
  })

  it('repeats neither a start nor a guess by itself', async (t) => {
    const { client, requests } = await createClient(t, {
      app: publicly,
      between: instead([lost, lost]),
    })
    assert.equal((await client.verification.start({ toPhone: hello.toPhone })).kind, 'unreachable')
    const guess = { verificationId: 'x', code: '123456' }
    assert.equal((await client.verification.check(guess)).kind, 'unreachable')
    assert.equal(requests.length, 2)
    assert.equal((await client.verification.check(guess)).kind, 'not-found')
    const byPhone = { toPhone: hello.toPhone, code: '123456' }
    assert.equal((await client.verification.check(byPhone)).kind, 'invalid-body')
  })
})
