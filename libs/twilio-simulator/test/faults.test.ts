import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import type { Behaviour, Simulator } from '../src/index.ts'
import { call, messagesPath, openDesk, openSdk, phone, send, sender } from './desk.ts'

/** Posts a message on a bare socket and returns every byte until the connection ends. */
async function sendRaw(simulator: Simulator): Promise<{ text: string; error: unknown }> {
  const { url } = await simulator.listen()
  const body = new URLSearchParams({ To: phone, From: sender, Body: 'raw' }).toString()
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  let error: unknown
  let text = ''
  socket.on('error', (reason) => (error = reason))
  socket.on('data', (chunk) => (text += String(chunk)))
  socket.write(
    [
      `POST ${messagesPath(simulator)} HTTP/1.1`,
      `Host: localhost`,
      `Authorization: Basic ${btoa(`${simulator.accountSid}:${simulator.authToken}`)}`,
      'Content-Type: application/x-www-form-urlencoded',
      `Content-Length: ${body.length}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  )
  // events.once would reject on the error this is here to catch.
  await new Promise((resolve) => socket.on('close', resolve))
  return { text, error }
}

const bodyOf = (text: string) => text.slice(text.indexOf('\r\n\r\n') + 4)
const lengthOf = (text: string) => Number(/content-length: (\d+)/i.exec(text)?.[1])

const reset = (error: unknown) =>
  error instanceof TypeError && /ECONNRESET/.test(String(error.cause))

describe('faults of a call in this process', () => {
  it('busy: 429 with a Retry-After, nothing accepted', async (t) => {
    const { simulator } = openDesk(t)
    simulator.behave({ kind: 'busy', retryAfterSeconds: 7 })
    const { status, body, headers } = await send(simulator)
    assert.deepEqual([status, body['code'], headers.get('retry-after')], [429, 20429, '7'])
    assert.equal(simulator.messages().length, 0)
  })

  it('refuse: any code, with its own HTTP status or a given one', async (t) => {
    const { simulator } = openDesk(t)
    simulator.behave(
      { kind: 'refuse', code: 21611 },
      { kind: 'refuse', code: 63038, httpStatus: 403 },
    )
    const [first, second] = [await send(simulator), await send(simulator)]
    assert.deepEqual([first.status, first.body['code']], [429, 21611])
    assert.deepEqual([second.status, second.body['code']], [403, 63038])
  })

  const broken: [Behaviour & { before?: unknown }, status: number, type: RegExp][] = [
    [{ kind: 'server-error', before: 'accepting' }, 500, /json/],
    [{ kind: 'server-error', httpStatus: 503, before: 'accepting' }, 503, /json/],
    [{ kind: 'server-error', httpStatus: 502, before: 'accepting' }, 502, /html/],
    [{ kind: 'html', before: 'accepting' }, 200, /html/],
    [{ kind: 'html', httpStatus: 201, before: 'accepting' }, 201, /html/],
  ]
  for (const [behaviour, status, type] of broken) {
    it(`${behaviour.kind} ${status}: before accepting nothing is sent, after it something is`, async (t) => {
      const { simulator } = openDesk(t)
      simulator.behave(behaviour)
      const before = await send(simulator)
      assert.equal(before.status, status)
      assert.match(before.headers.get('content-type') ?? '', type)
      assert.equal(simulator.messages().length, 0)
      const { before: _, ...rest } = behaviour
      simulator.behave({ ...rest, after: 'accepting' } as Behaviour)
      assert.equal((await send(simulator)).status, status)
      assert.equal(simulator.messages().length, 1)
    })
  }

  it('hang-up: a rejection with ECONNRESET, accepted or not', async (t) => {
    const { simulator } = openDesk(t)
    simulator.behave(
      { kind: 'hang-up', before: 'accepting' },
      { kind: 'hang-up', after: 'accepting' },
    )
    await assert.rejects(send(simulator), reset)
    assert.equal(simulator.messages().length, 0)
    await assert.rejects(send(simulator), reset)
    assert.equal(simulator.messages().length, 1)
  })

  it('late-accept: nothing at first, the message some time later', async (t) => {
    const { simulator } = openDesk(t)
    simulator.behave({ kind: 'late-accept', ms: 2000 })
    await assert.rejects(send(simulator))
    await simulator.clock.advance(1999)
    assert.equal(simulator.messages().length, 0)
    await simulator.clock.advance(1)
    assert.equal(simulator.messages()[0]?.status, 'queued')
    await simulator.clock.advance(1000)
    assert.equal(simulator.messages()[0]?.status, 'delivered')
  })

  it('no-sid: a 201 without its most important key', async (t) => {
    const { simulator } = openDesk(t)
    simulator.behave({ kind: 'no-sid' })
    const { status, body } = await send(simulator)
    assert.deepEqual([status, 'sid' in body, body['to']], [201, false, phone])
  })

  it('cut-body and a length that is too long: the body breaks off', async (t) => {
    const { simulator } = openDesk(t)
    simulator.behave({ kind: 'cut-body' }, { kind: 'wrong-length' })
    await assert.rejects(send(simulator))
    await assert.rejects(send(simulator))
    assert.equal(simulator.messages().length, 2)
  })

  it('slow: accepts at once or only at the end, and answers when time has moved on', async (t) => {
    const { simulator } = openDesk(t)
    simulator.behave({ kind: 'slow', ms: 5000, before: 'accepting' })
    const before = send(simulator)
    await simulator.clock.advance(4999)
    assert.equal(simulator.messages().length, 0)
    await simulator.clock.advance(1)
    assert.equal((await before).status, 201)
    simulator.behave({ kind: 'slow', ms: 5000, after: 'accepting' })
    const after = send(simulator)
    await simulator.clock.advance(1000)
    assert.equal(simulator.messages()[1]?.status, 'delivered')
    await simulator.clock.advance(4000)
    const { headers } = await after
    assert.equal(headers.get('twilio-request-duration'), '5.000')
  })

  it('disturbs the call it names, and by default only calls that send', async (t) => {
    const { simulator } = openDesk(t)
    simulator.behave({ kind: 'busy' }, { kind: 'busy', operation: 'messages.fetch' })
    assert.equal((await call(simulator, messagesPath(simulator))).status, 200)
    const path = messagesPath(simulator, '/SM1.json')
    assert.equal((await call(simulator, path)).status, 429)
    assert.equal((await send(simulator)).status, 429)
    assert.deepEqual(simulator.behaviours(), [])
  })
})

describe('faults on the wire', () => {
  it('slow: nothing is answered until time moves on', async (t) => {
    const { simulator } = openDesk(t)
    const client = await openSdk(simulator)
    simulator.behave({ kind: 'slow', ms: 60_000, after: 'accepting' })
    let answered = false
    const creating = client.messages.create({ to: phone, from: sender, body: 'a' })
    const done = creating.then(() => (answered = true))
    const entry = await simulator.waitFor(({ method }) => method === 'POST')
    assert.deepEqual([entry.kind, entry.status, answered], ['api', undefined, false])
    await simulator.clock.advance(60_000)
    await done
    assert.equal(entry.status, 201)
  })

  it('hang-up: the connection closes without a byte', async (t) => {
    const { simulator } = openDesk(t)
    simulator.behave({ kind: 'hang-up', after: 'accepting' })
    assert.deepEqual(await sendRaw(simulator), { text: '', error: undefined })
    assert.equal(simulator.messages().length, 1)
  })

  it('hang-up by reset: the connection is reset', async (t) => {
    const { simulator } = openDesk(t)
    simulator.behave({ kind: 'hang-up', by: 'reset', before: 'accepting' })
    const { error } = await sendRaw(simulator)
    assert.match(String(error), /ECONNRESET/)
    assert.equal(simulator.messages().length, 0)
  })

  it('cut-body: half of the announced bytes', async (t) => {
    const { simulator } = openDesk(t)
    simulator.behave({ kind: 'cut-body' })
    const { text } = await sendRaw(simulator)
    assert.match(text, /^HTTP\/1.1 201/)
    assert.equal(bodyOf(text).length, Math.floor(lengthOf(text) / 2))
  })

  it('wrong-length: more or fewer bytes announced than sent', async (t) => {
    const { simulator } = openDesk(t)
    simulator.behave({ kind: 'wrong-length' }, { kind: 'wrong-length', bytes: -20 })
    const longer = (await sendRaw(simulator)).text
    assert.equal(lengthOf(longer) - bodyOf(longer).length, 10)
    const shorter = (await sendRaw(simulator)).text
    assert.equal(lengthOf(shorter) - bodyOf(shorter).length, -20)
  })

  it('look to the SDK like what they are', async (t) => {
    const { simulator } = openDesk(t)
    const client = await openSdk(simulator)
    const create = () => client.messages.create({ to: phone, from: sender, body: 'a' })
    simulator.behave({ kind: 'hang-up', after: 'accepting' })
    await assert.rejects(create(), { code: 'ECONNRESET' })
    simulator.behave({ kind: 'busy' })
    await assert.rejects(create(), { status: 429, code: 20429 })
    simulator.behave({ kind: 'html', httpStatus: 503, before: 'accepting' })
    await assert.rejects(create(), { status: 503 })
    assert.equal((await create()).status, 'queued')
  })
})
