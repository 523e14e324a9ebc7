import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, it } from 'node:test'
import twilio from 'twilio'
import { createSimulator } from '../src/index.ts'
import { openDesk, phone, send, sender, webhook } from './desk.ts'

const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
const silent = Object.assign(new Error('no headers'), { code: 'UND_ERR_HEADERS_TIMEOUT' })

describe('status callbacks', () => {
  it('report sent and delivered, never the first status', async (t) => {
    const { simulator, statuses } = openDesk(t)
    await send(simulator, { StatusCallback: webhook })
    await simulator.clock.advance(299)
    assert.deepEqual(statuses(), ['sent'])
    await simulator.clock.advance(1000)
    assert.deepEqual(statuses(), ['sent', 'delivered'])
  })

  it('report queued too when a service chose the sender', async (t) => {
    const { simulator, statuses, received } = openDesk(t)
    const MessagingServiceSid = simulator.messagingServiceSid ?? ''
    await send(simulator, { From: '', MessagingServiceSid, StatusCallback: webhook })
    await simulator.clock.advance(1000)
    assert.deepEqual(statuses(), ['queued', 'sent', 'delivered'])
    assert.equal(received[0]?.params['MessagingServiceSid'], MessagingServiceSid)
    assert.equal(received[0]?.params['From'], sender)
  })

  it('carry the documented parameters and a signature the SDK accepts', async (t) => {
    const { simulator, received } = openDesk(t)
    const { body } = await send(simulator, { StatusCallback: webhook })
    await simulator.clock.advance(1000)
    const sid = body['sid']
    assert.deepEqual(received[0]?.params, {
      AccountSid: simulator.accountSid,
      ApiVersion: '2010-04-01',
      From: sender,
      MessageSid: sid,
      MessageStatus: 'sent',
      SmsSid: sid,
      SmsStatus: 'sent',
      To: phone,
    })
    assert.equal(received[1]?.params['RawDlrDoneDate'], '2601011200')
    assert.ok(received.every(({ genuine }) => genuine))
    const type = received[0]?.headers.get('content-type')
    assert.match(type ?? '', /^application\/x-www-form-urlencoded/)
    assert.match(received[0]?.headers.get('i-twilio-idempotency-token') ?? '', /^[0-9a-f-]{36}$/)
  })

  it('neither send nor sign the fragment, and turn userinfo into a header', async (t) => {
    const { simulator, received } = openDesk(t)
    const url = 'https://me:pass@app.example:8443/hook?x=1#rc=5&rp=all'
    await send(simulator, { StatusCallback: url })
    await simulator.clock.advance(1000)
    assert.equal(received[0]?.url, 'https://app.example:8443/hook?x=1')
    assert.equal(received[0]?.genuine, true)
    assert.equal(received[0]?.headers.get('authorization'), `Basic ${btoa('me:pass')}`)
  })

  it('go to the address of the service when the message names none', async (t) => {
    const sid = `MG${'a'.repeat(32)}`
    const { simulator, received } = openDesk(t, {
      messagingServices: [{ sid, senders: [sender], statusCallback: 'https://service.example/' }],
    })
    await send(simulator, { MessagingServiceSid: sid })
    await simulator.clock.advance(1000)
    assert.equal(received[0]?.url, 'https://service.example/')
  })

  it('sign extra parameters like the others', async (t) => {
    const { simulator, received } = openDesk(t, { callbackExtras: { NewThing: 'ünknown' } })
    await send(simulator, { StatusCallback: webhook })
    await simulator.clock.advance(1000)
    assert.equal(received[0]?.params['NewThing'], 'ünknown')
    assert.equal(received[0]?.genuine, true)
  })

  it('tell why a message expired before it was sent', async (t) => {
    const { simulator, received } = openDesk(t, { delays: { sendingMs: 10_000 } })
    await send(simulator, { StatusCallback: webhook, ValidityPeriod: '5' })
    await simulator.clock.advance(60_000)
    assert.equal(received.length, 1)
    assert.equal(received[0]?.params['MessageStatus'], 'failed')
    assert.equal(received[0]?.params['ErrorCode'], '30036')
    assert.equal(simulator.messages()[0]?.updatedAt.toISOString(), '2026-01-01T12:00:05.000Z')
  })
})

describe('retries of a callback', () => {
  const tries: [fragment: string, answer: number | Error, expected: number][] = [
    ['', refused, 2],
    ['', silent, 1],
    ['', 500, 1],
    ['', 404, 1],
    ['#rc=0', refused, 1],
    ['#rc=3', refused, 4],
    ['#rc=3&rp=rt', silent, 4],
    ['#rc=3&rp=5xx', 503, 4],
    ['#rc=3&rp=5xx', 404, 1],
    ['#rc=3&rp=4xx,5xx', 404, 4],
    ['#rc=5&rp=all', 500, 6],
    ['#rc=5&rp=all', refused, 6],
    ['#rc=9&rp=all', 500, 2],
    ['#rc=5&rp=all&tt=2000', 500, 3],
    ['#rc=5&rp=all', 302, 1],
  ]
  for (const [fragment, answer, expected] of tries) {
    const what = answer instanceof Error ? answer.message : answer
    it(`makes ${expected} tries for ${what} under "${fragment}"`, async (t) => {
      const { simulator, received, answers } = openDesk(t)
      simulator.behave({ kind: 'stay-sent' })
      answers.push(...Array.from({ length: 10 }, () => answer))
      await send(simulator, { StatusCallback: `https://app.example/hook${fragment}` })
      await simulator.clock.advance(60_000)
      assert.equal(received.length, expected)
    })
  }

  it('stop when one is taken, and share an idempotency token', async (t) => {
    const { simulator, received, answers } = openDesk(t)
    simulator.behave({ kind: 'stay-sent' })
    answers.push(503, 503, 204)
    await send(simulator, { StatusCallback: `${webhook}#rc=5&rp=all` })
    await simulator.clock.advance(60_000)
    const tokens = received.map(({ headers }) => headers.get('i-twilio-idempotency-token'))
    assert.equal(tokens.length, 3)
    assert.equal(new Set(tokens).size, 1)
  })

  it('outlive an outage of ten seconds', async (t) => {
    const { simulator, received } = openDesk(t, {
      post: async () => {
        const down = simulator.clock.now() < new Date('2026-01-01T12:00:10.300Z')
        return new Response(null, { status: down ? 503 : 204 })
      },
    })
    simulator.behave({ kind: 'stay-sent' })
    await send(simulator, { StatusCallback: `${webhook}#rc=5&rp=all` })
    await simulator.clock.advance(60_000)
    const last = simulator.requests().at(-1)
    assert.deepEqual([last?.kind, last?.status, received.length], ['callback', 204, 0])
  })
})

describe('callbacks over real HTTP', () => {
  it('are posted to a server and logged with its answer', async (t) => {
    const genuine: boolean[] = []
    const app = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk) => (body += String(chunk)))
      request.on('end', () => {
        const params = Object.fromEntries(new URLSearchParams(body))
        const signature = String(request.headers['x-twilio-signature'])
        const url = `http://${request.headers.host}${request.url}`
        genuine.push(twilio.validateRequest(simulator.authToken, signature, url, params))
        response.end('thank you')
      })
    })
    await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
    t.after(() => app.close())
    const address = app.address()
    const port = typeof address === 'object' ? address?.port : 0
    const simulator = createSimulator({ clock: 'manual' })
    t.after(() => simulator.close())
    await send(simulator, { StatusCallback: `http://127.0.0.1:${port}/hook?id=1#rc=5` })
    await simulator.clock.advance(1000)
    assert.deepEqual(genuine, [true, true])
    const entry = simulator.requests().find(({ kind }) => kind === 'callback')
    assert.ok(entry?.kind === 'callback')
    assert.deepEqual([entry.status, entry.answer, entry.path], [200, 'thank you', '/hook'])
  })

  it('count a closed port as a failed connection', async (t) => {
    const simulator = createSimulator({ clock: 'manual' })
    t.after(() => simulator.close())
    simulator.behave({ kind: 'stay-sent' })
    await send(simulator, { StatusCallback: 'http://127.0.0.1:1/hook' })
    await simulator.clock.advance(60_000)
    const entries = simulator.requests().filter(({ kind }) => kind === 'callback')
    assert.deepEqual(
      entries.map(({ status }) => status),
      [undefined, undefined],
    )
  })
})
