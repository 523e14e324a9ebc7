import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Simulator } from '../src/index.ts'
import { call, dig, openDesk, phone, readJson, send, sender, webhook } from './desk.ts'

async function control(simulator: Simulator, method: string, path: string, json?: unknown) {
  const response = await simulator.fetch(
    new Request(`http://localhost/_simulator/${path}`, {
      method,
      ...(json === undefined
        ? {}
        : { body: typeof json === 'string' ? json : JSON.stringify(json) }),
    }),
  )
  const text = await response.text()
  const body = text === '' ? {} : readJson(text)
  return { status: response.status, headers: response.headers, body }
}

describe('control API', () => {
  it('lists texts in snake_case, for one number', async (t) => {
    const { simulator } = openDesk(t)
    await send(simulator)
    await send(simulator, { To: '+14155550111' })
    const { status, body } = await control(simulator, 'GET', `messages?to=${phone}`)
    assert.equal(status, 200)
    assert.equal(dig(body, 'messages.0.to'), phone)
    assert.equal(dig(body, 'messages.0.error_code'), null)
    assert.equal(dig(body, 'messages.0.created_at'), '2026-01-01T12:00:00.000Z')
    assert.equal(dig(body, 'messages.1'), undefined)
    const all = await control(simulator, 'GET', 'messages')
    assert.equal(dig(all.body, 'messages.1.to'), '+14155550111')
  })

  it('shows the codes of verifications', async (t) => {
    const { simulator } = openDesk(t)
    const path = `/v2/Services/${simulator.verifyServiceSid}/Verifications`
    await call(simulator, path, { To: phone, Channel: 'sms' })
    const { body } = await control(
      simulator,
      'GET',
      `verifications?to=${encodeURIComponent(phone)}`,
    )
    assert.equal(dig(body, 'verifications.0.code'), simulator.code(phone))
    assert.equal(dig(body, 'verifications.0.status'), 'pending')
  })

  it('adds, lists and drops behaviours', async (t) => {
    const { simulator } = openDesk(t)
    const behaviour = { kind: 'server-error', http_status: 503, before: 'accepting', times: 2 }
    const added = await control(simulator, 'POST', 'behaviours', behaviour)
    assert.equal(added.status, 201)
    assert.equal((await send(simulator)).status, 503)
    const { body } = await control(simulator, 'GET', 'behaviours')
    assert.equal(dig(body, 'behaviours.0.http_status'), 503)
    assert.equal(dig(body, 'behaviours.0.times'), 1)
    assert.equal((await control(simulator, 'DELETE', 'behaviours')).status, 204)
    assert.equal((await send(simulator)).status, 201)
  })

  it('takes every kind of behaviour', async (t) => {
    const { simulator } = openDesk(t)
    const good = [
      { kind: 'refuse', code: 21610, http_status: 400, operation: 'any', probability: 0.5 },
      { kind: 'busy', retry_after_seconds: 3, times: 'always' },
      { kind: 'hang-up', after: 'accepting', by: 'reset', to: phone },
      { kind: 'html', before: 'accepting' },
      { kind: 'cut-body' },
      { kind: 'no-sid' },
      { kind: 'wrong-length', bytes: -5 },
      { kind: 'late-accept', ms: 100 },
      { kind: 'slow', ms: 100, after: 'accepting' },
      { kind: 'undelivered', code: 30003 },
      { kind: 'failed', code: 30007 },
      { kind: 'stay-sent' },
      { kind: 'lost-callbacks', status: 'delivered' },
      { kind: 'double', copies: 3 },
      { kind: 'reorder' },
      { kind: 'wrong-signature' },
      { kind: 'late', ms: 100 },
      { kind: 'early-callbacks' },
      { kind: 'lagging-list', ms: 100 },
    ]
    for (const one of good)
      assert.equal((await control(simulator, 'POST', 'behaviours', one)).status, 201, one.kind)
    assert.deepEqual(
      simulator.behaviours().map(({ kind }) => kind),
      good.map(({ kind }) => kind),
    )
  })

  it('says what is wrong with a behaviour, field by field', async (t) => {
    const { simulator } = openDesk(t)
    const bad: [unknown, string[]][] = [
      [{}, ['kind']],
      [{ kind: 'magic' }, ['kind']],
      [{ kind: 'refuse' }, ['code']],
      [{ kind: 'refuse', code: '21610' }, ['code']],
      [{ kind: 'hang-up' }, ['before']],
      [{ kind: 'hang-up', before: 'accepting', after: 'accepting' }, ['before']],
      [{ kind: 'busy', times: 0, probability: 2 }, ['times', 'probability']],
      [{ kind: 'busy', opperation: 'any' }, ['opperation']],
      [[], ['', 'kind']],
    ]
    for (const [json, fields] of bad) {
      const { status, body } = await control(simulator, 'POST', 'behaviours', json)
      assert.deepEqual(
        [status, dig(body, 'error.code')],
        [400, 'invalid-body'],
        JSON.stringify(json),
      )
      const found = fields.map((_, index) => dig(body, `error.fields.${index}.field`))
      assert.deepEqual(found, fields, JSON.stringify(json))
    }
    assert.deepEqual(simulator.behaviours(), [])
  })

  it('writes replies', async (t) => {
    const { simulator, received } = openDesk(t, { inboundUrl: 'https://app.example/in' })
    const reply = { from: phone, to: sender, body: 'STOP', extras: { OptOutType: 'STOP' } }
    const { status, body } = await control(simulator, 'POST', 'replies', reply)
    assert.deepEqual([status, dig(body, 'message.direction')], [201, 'inbound'])
    assert.equal(received[0]?.params['OptOutType'], 'STOP')
    assert.equal((await control(simulator, 'POST', 'replies', { from: phone })).status, 400)
  })

  it('moves the clock', async (t) => {
    const { simulator, statuses } = openDesk(t)
    await send(simulator, { StatusCallback: webhook })
    const { body } = await control(simulator, 'POST', 'clock', { advance_ms: 1000 })
    assert.equal(body['now'], '2026-01-01T12:00:01.000Z')
    assert.deepEqual(statuses(), ['sent', 'delivered'])
    assert.equal((await control(simulator, 'POST', 'clock', { advance_ms: -1 })).status, 400)
  })

  it('shows requests and callbacks', async (t) => {
    const { simulator } = openDesk(t)
    await send(simulator, { StatusCallback: webhook })
    await simulator.clock.advance(1000)
    const { body } = await control(simulator, 'GET', 'requests')
    const look = (path: string) => dig(body, `requests.${path}`)
    assert.deepEqual([look('0.kind'), look('0.method'), look('0.status')], ['api', 'POST', 201])
    assert.deepEqual(look('0.form.To'), [phone])
    assert.deepEqual([look('1.message_status'), look('1.status')], ['sent', 204])
    assert.equal(look('1.attempt'), 1)
    assert.match(String(look('1.signature')), /=$/)
  })

  it('resets everything but the time', async (t) => {
    const { simulator, received } = openDesk(t)
    simulator.behave({ kind: 'busy', operation: 'messages.list' })
    await send(simulator, { StatusCallback: webhook })
    await simulator.clock.advance(10)
    assert.equal((await control(simulator, 'POST', 'reset')).status, 204)
    await simulator.clock.advance(1000)
    assert.deepEqual([simulator.messages().length, simulator.requests().length], [0, 0])
    assert.deepEqual([simulator.behaviours().length, received.length], [0, 0])
    assert.equal(simulator.clock.now().toISOString(), '2026-01-01T12:00:01.010Z')
  })

  it('names what there is when a path, a method or JSON is wrong', async (t) => {
    const { simulator } = openDesk(t)
    const nowhere = await control(simulator, 'GET', 'nowhere')
    assert.deepEqual([nowhere.status, dig(nowhere.body, 'error.code')], [404, 'not-found'])
    const wrong = await control(simulator, 'PUT', 'behaviours')
    assert.deepEqual([wrong.status, wrong.headers.get('allow')], [405, 'GET, POST, DELETE'])
    const broken = await control(simulator, 'POST', 'behaviours', '{')
    assert.deepEqual([broken.status, dig(broken.body, 'error.code')], [400, 'not-json'])
  })

  it('introduces itself at the root', async (t) => {
    const { simulator } = openDesk(t)
    const response = await simulator.fetch(new Request('http://localhost/'))
    const body = readJson(await response.text())
    assert.equal(body['name'], 'twilio-simulator')
    assert.ok(Object.values(Object(body['control'])).includes('POST /_simulator/behaviours'))
  })
})
