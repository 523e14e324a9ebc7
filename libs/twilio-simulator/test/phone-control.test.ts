import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Simulator } from '../src/index.ts'
import { dig, openDesk, phone, readJson, send, sender, webhook } from './desk.ts'

const whatsapp = `whatsapp:${phone}`

async function control(
  simulator: Simulator,
  method: string,
  path: string,
  json?: unknown,
  headers: Record<string, string> = {},
) {
  const body = json === undefined ? {} : { body: JSON.stringify(json) }
  const request = new Request(`http://localhost/_simulator/${path}`, { method, headers, ...body })
  const response = await simulator.fetch(request)
  const text = await response.text()
  return { status: response.status, body: text === '' ? {} : readJson(text) }
}

describe('GET phones', () => {
  it('lists the last active phone first, with what has arrived and how to answer', async (t) => {
    const { simulator } = openDesk(t)
    await send(simulator)
    await send(simulator, { To: '+14155550111', From: '+15005550077', Body: 'second' })
    await simulator.clock.advance(1000)
    simulator.behave({ kind: 'undelivered', code: 30003 })
    await send(simulator, { To: '+14155550111', Body: 'never' })
    await simulator.clock.advance(1000)
    const { body } = await control(simulator, 'GET', 'phones')
    assert.equal(body['total'], 2)
    assert.equal(dig(body, 'phones.0.number'), '+14155550111')
    assert.equal(dig(body, 'phones.0.received'), 1)
    assert.equal(dig(body, 'phones.0.last.body'), 'never')
    assert.equal(dig(body, 'phones.0.replies_to'), sender)
    await simulator.reply({ from: phone, body: 'STOP' })
    const after = await control(simulator, 'GET', 'phones?limit=1')
    assert.equal(dig(after.body, 'phones.0.number'), phone)
    assert.deepEqual(dig(after.body, 'phones.0.opted_out_of.0'), sender)
    assert.equal(dig(after.body, 'phones.1'), undefined)
  })

  it('names another run after a reset', async (t) => {
    const { simulator } = openDesk(t)
    const before = await control(simulator, 'GET', 'phones')
    await control(simulator, 'POST', 'reset')
    const after = await control(simulator, 'GET', 'phones')
    assert.notEqual(before.body['run'], after.body['run'])
  })
})

describe('one phone', () => {
  it('shows both directions on every channel, the newest within the limit', async (t) => {
    const { simulator } = openDesk(t)
    await send(simulator)
    await send(simulator, { To: whatsapp, From: 'whatsapp:+14155238886', Body: 'on WhatsApp' })
    await simulator.reply({ from: whatsapp, body: 'read it' })
    await send(simulator, { To: '+14155550111' })
    const all = await control(simulator, 'GET', `messages?phone=${phone}`)
    const bodies = ['hello', 'on WhatsApp', 'read it']
    const found = bodies.map((_, index) => dig(all.body, `messages.${index}.body`))
    assert.deepEqual([...found, dig(all.body, 'messages.3')], [...bodies, undefined])
    const last = await control(simulator, 'GET', `messages?phone=${phone}&limit=1`)
    assert.equal(dig(last.body, 'messages.0.body'), 'read it')
  })

  it('answers on WhatsApp with the parameters of WhatsApp', async (t) => {
    const { simulator, received } = openDesk(t, { inboundUrl: webhook })
    await simulator.reply({ from: whatsapp, body: 'hi' })
    const [post] = received
    const { From, To, WaId, MessageType, FromCity } = post?.params ?? {}
    assert.deepEqual([From, To], [whatsapp, 'whatsapp:+14155238886'])
    assert.deepEqual([WaId, MessageType, FromCity], ['14155550100', 'text', undefined])
    assert.equal(post?.genuine, true)
  })

  it('is the same on every channel for a behaviour', async (t) => {
    const { simulator } = openDesk(t)
    simulator.behave({ kind: 'undelivered', code: 30003, to: phone })
    await send(simulator, { To: whatsapp, From: 'whatsapp:+14155238886' })
    await simulator.clock.advance(1000)
    assert.equal(simulator.messages()[0]?.errorCode, 30003)
  })
})

describe('DELETE behaviours', () => {
  it('drops those of a kind, or for a number', async (t) => {
    const { simulator } = openDesk(t)
    simulator.behave({ kind: 'double' }, { kind: 'late', ms: 5, to: phone }, { kind: 'busy' })
    const kinds = () => simulator.behaviours().map(({ kind }) => kind)
    await control(simulator, 'DELETE', 'behaviours?kind=double')
    assert.deepEqual(kinds(), ['late', 'busy'])
    await control(simulator, 'DELETE', `behaviours?to=${phone}`)
    assert.deepEqual(kinds(), ['busy'])
    assert.equal((await control(simulator, 'DELETE', 'behaviours?kind=magic')).status, 400)
    assert.deepEqual(kinds(), ['busy'])
  })
})

describe('settings', () => {
  it('say where replies go, and can change it', async (t) => {
    const { simulator, received } = openDesk(t)
    await simulator.reply({ from: phone, body: 'kept' })
    const set = await control(simulator, 'POST', 'settings', { inbound_url: webhook })
    assert.equal(set.body['inbound_url'], webhook)
    await simulator.reply({ from: phone, body: 'posted' })
    await control(simulator, 'POST', 'settings', { inbound_url: '' })
    await simulator.reply({ from: phone, body: 'kept again' })
    assert.deepEqual(
      received.map(({ url, params }) => [url, params['Body']]),
      [[webhook, 'posted']],
    )
    const bad = await control(simulator, 'POST', 'settings', { inbound_url: 'ftp://x' })
    assert.deepEqual([bad.status, dig(bad.body, 'error.fields.0.field')], [400, 'inbound_url'])
  })

  it('show the auth token only when nobody has given one', async (t) => {
    const own = openDesk(t).simulator
    const given = openDesk(t, { authToken: 'somebody-s-real-one' }).simulator
    assert.equal((await control(own, 'GET', 'settings')).body['auth_token'], own.authToken)
    assert.equal((await control(given, 'GET', 'settings')).body['auth_token'], null)
  })
})

describe('GET requests', () => {
  it('tells what was answered, how long it took, and how a hang-up ended', async (t) => {
    const { simulator } = openDesk(t)
    simulator.behave({ kind: 'hang-up', after: 'accepting' })
    await assert.rejects(send(simulator))
    await send(simulator)
    const { body } = await control(simulator, 'GET', 'requests')
    assert.deepEqual(
      [dig(body, 'requests.0.status'), dig(body, 'requests.0.duration_ms')],
      [null, 0],
    )
    assert.match(String(dig(body, 'requests.1.answer')), /"sid":/)
    assert.ok(Number(dig(body, 'requests.1.id')) > Number(dig(body, 'requests.0.id')))
    const one = await control(simulator, 'GET', 'requests?limit=1')
    assert.equal(dig(one.body, 'requests.0.id'), dig(body, 'requests.1.id'))
  })
})

describe('GET events', () => {
  it('says so at once, and after every change', async (t) => {
    const { simulator } = openDesk(t)
    const response = await simulator.fetch(new Request('http://localhost/_simulator/events'))
    assert.equal(response.headers.get('content-type'), 'text/event-stream')
    const reader = response.body?.getReader()
    const read = async () => new TextDecoder().decode((await reader?.read())?.value)
    assert.match(await read(), /^event: changed\n/)
    await send(simulator)
    assert.match(await read(), /^event: changed\n/)
    await reader?.cancel()
    // Nobody is left to write to.
    await send(simulator)
  })
})

describe('other sites', () => {
  it('cannot make a browser call the control API', async (t) => {
    const { simulator } = openDesk(t)
    const headers = { 'sec-fetch-site': 'cross-site' }
    const reply = { from: phone, body: 'STOP' }
    const foreign = await control(simulator, 'POST', 'replies', reply, headers)
    assert.deepEqual([foreign.status, dig(foreign.body, 'error.code')], [403, 'cross-site'])
    assert.equal(simulator.messages({ direction: 'inbound' }).length, 0)
    const own = await control(simulator, 'POST', 'replies', reply, {
      'sec-fetch-site': 'same-origin',
    })
    assert.equal(own.status, 201)
  })
})
