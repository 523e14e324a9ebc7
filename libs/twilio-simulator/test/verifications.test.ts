import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Simulator } from '../src/index.ts'
import { call, openDesk, openSdk, phone, send } from './desk.ts'

const pathOf = (simulator: Simulator, rest: string) =>
  `/v2/Services/${simulator.verifyServiceSid}/${rest}`

const start = async (simulator: Simulator, form: Record<string, string> = {}) =>
  call(simulator, pathOf(simulator, 'Verifications'), { To: phone, Channel: 'sms', ...form })

const check = async (simulator: Simulator, code: string, form: Record<string, string> = {}) =>
  call(simulator, pathOf(simulator, 'VerificationCheck'), { To: phone, Code: code, ...form })

const codeOf = (simulator: Simulator) => simulator.code(phone) ?? ''
const wrongFor = (code: string) => (code === '000000' ? '111111' : '000000')

describe('verifications through the official SDK', () => {
  it('starts, takes a wrong code for pending and the right one for approved', async (t) => {
    const { simulator } = openDesk(t)
    const { verify } = await openSdk(simulator)
    const service = verify.v2.services(simulator.verifyServiceSid)
    const started = await service.verifications.create({ to: phone, channel: 'sms' })
    assert.match(started.sid, /^VE[0-9a-f]{32}$/)
    assert.deepEqual([started.status, started.valid], ['pending', false])
    const code = codeOf(simulator)
    assert.match(code, /^\d{6}$/)
    const wrong = await service.verificationChecks.create({ to: phone, code: wrongFor(code) })
    assert.deepEqual([wrong.status, wrong.valid], ['pending', false])
    const right = await service.verificationChecks.create({ verificationSid: started.sid, code })
    assert.deepEqual([right.status, right.valid, right.sid], ['approved', true, started.sid])
  })

  it('puts a text on the phone, marked as one of Verify', async (t) => {
    const { simulator } = openDesk(t, { verifyService: { friendlyName: 'Shop' } })
    await start(simulator)
    const [text] = simulator.messages({ to: phone })
    assert.equal(text?.kind, 'verification')
    assert.equal(text?.body, `Your Shop verification code is: ${text?.code}`)
  })

  it('writes the text in the language asked for, in English when unknown', async (t) => {
    const { simulator } = openDesk(t)
    const locales = { de: /Bestätigungscode/, 'pt-BR': /verificação/, xx: /verification code/ }
    for (const [Locale, words] of Object.entries(locales)) {
      await start(simulator, { Locale })
      assert.match(simulator.messages().at(-1)?.body ?? '', words)
    }
    await start(simulator, { To: '+4915112345678' })
    assert.match(simulator.messages().at(-1)?.body ?? '', /Bestätigungscode/)
  })

  it('fetches, cancels and approves by SID or by number', async (t) => {
    const { simulator } = openDesk(t)
    const { verify } = await openSdk(simulator)
    const service = verify.v2.services(simulator.verifyServiceSid)
    const { sid } = await service.verifications.create({ to: phone, channel: 'sms' })
    assert.equal((await service.verifications(phone).fetch()).sid, sid)
    const canceled = await service.verifications(sid).update({ status: 'canceled' })
    assert.deepEqual([canceled.status, canceled.valid], ['canceled', false])
    await assert.rejects(service.verifications(sid).fetch(), { status: 404, code: 20404 })
    await service.verifications.create({ to: phone, channel: 'sms' })
    const approved = await service.verifications(phone).update({ status: 'approved' })
    assert.deepEqual([approved.status, approved.valid], ['approved', true])
  })

  it('lists, makes and changes services', async (t) => {
    const { simulator } = openDesk(t)
    const { verify } = await openSdk(simulator)
    const made = await verify.v2.services.create({ friendlyName: 'Second', codeLength: 8 })
    assert.deepEqual([made.friendlyName, made.codeLength], ['Second', 8])
    const changed = await verify.v2.services(made.sid).update({ codeLength: 4 })
    assert.equal(changed.codeLength, 4)
    await verify.v2.services(made.sid).verifications.create({ to: phone, channel: 'sms' })
    assert.match(codeOf(simulator), /^\d{4}$/)
    assert.equal((await verify.v2.services.list()).length, 2)
    assert.equal(await verify.v2.services(made.sid).remove(), true)
    await assert.rejects(verify.v2.services(made.sid).fetch(), { code: 20404 })
  })
})

describe('a second start', () => {
  it('keeps SID, code and deadline, and adds a send', async (t) => {
    const { simulator } = openDesk(t)
    const first = await start(simulator)
    const code = codeOf(simulator)
    await simulator.clock.advance(300_000)
    const second = await start(simulator, { Channel: 'call' })
    assert.equal(second.body['sid'], first.body['sid'])
    assert.equal(codeOf(simulator), code)
    const attempts = second.body['send_code_attempts']
    assert.ok(Array.isArray(attempts))
    assert.deepEqual(
      attempts.map(({ channel }) => channel),
      ['SMS', 'CALL'],
    )
    await simulator.clock.advance(300_000)
    assert.equal((await check(simulator, code)).body['code'], 20404)
  })

  it('is refused with 60203 after five sends, until the verification is over', async (t) => {
    const { simulator } = openDesk(t)
    for (let i = 0; i < 5; i++) assert.equal((await start(simulator)).status, 201)
    const sixth = await start(simulator)
    assert.deepEqual([sixth.status, sixth.body['code']], [429, 60203])
    assert.equal((await check(simulator, codeOf(simulator))).body['status'], 'approved')
    assert.equal((await start(simulator)).status, 201)
  })

  it('after the end is a new verification with a new code', async (t) => {
    const { simulator } = openDesk(t)
    const first = await start(simulator)
    const code = codeOf(simulator)
    await simulator.clock.advance(600_000)
    const second = await start(simulator)
    assert.notEqual(second.body['sid'], first.body['sid'])
    assert.notEqual(codeOf(simulator), code)
    assert.deepEqual(
      simulator.verifications({ to: phone }).map(({ status }) => status),
      ['expired', 'pending'],
    )
  })
})

describe('a check', () => {
  it('is refused with 60202 the sixth time, with the right code too', async (t) => {
    const { simulator } = openDesk(t)
    await start(simulator)
    const code = codeOf(simulator)
    for (let i = 0; i < 5; i++) assert.equal((await check(simulator, wrongFor(code))).status, 200)
    const sixth = await check(simulator, code)
    assert.deepEqual([sixth.status, sixth.body['code']], [429, 60202])
    assert.equal(simulator.verifications()[0]?.checks, 5)
  })

  it('finds nothing after approval, with the documented words', async (t) => {
    const { simulator } = openDesk(t)
    await start(simulator)
    await check(simulator, codeOf(simulator))
    const again = await check(simulator, codeOf(simulator))
    assert.deepEqual([again.status, again.body['code']], [404, 20404])
    const words = `The requested resource ${pathOf(simulator, 'VerificationCheck').slice(3)} was not found`
    assert.equal(again.body['message'], words)
  })

  it('works to the last moment of ten minutes, not after', async (t) => {
    const { simulator } = openDesk(t)
    await start(simulator)
    await simulator.clock.advance(599_999)
    assert.equal((await check(simulator, wrongFor(codeOf(simulator)))).status, 200)
    await simulator.clock.advance(1)
    assert.equal((await check(simulator, codeOf(simulator))).status, 404)
  })

  it('needs a code and somebody to check', async (t) => {
    const { simulator } = openDesk(t)
    await start(simulator)
    assert.equal((await check(simulator, '')).body['code'], 60200)
    assert.equal((await check(simulator, '123')).body['code'], 60200)
    assert.equal((await check(simulator, '123456', { To: '' })).body['code'], 60221)
    assert.equal(simulator.verifications()[0]?.checks, 0)
  })
})

describe('a start', () => {
  const refusals: [name: string, code: number, form: Record<string, string>][] = [
    ['without a channel', 60200, { Channel: '' }],
    ['with an unknown channel', 60200, { Channel: 'pigeon' }],
    ['to no number', 60200, { To: '12345' }],
    ['by e-mail to a number', 60200, { Channel: 'email' }],
    ['with its own code where that is off', 60204, { CustomCode: '123456' }],
    ['with a name full of digits', 60200, { CustomFriendlyName: 'Shop 12345' }],
  ]
  for (const [name, code, form] of refusals) {
    it(`${name} is refused with ${code}`, async (t) => {
      const { simulator } = openDesk(t)
      const answer = await start(simulator, form)
      assert.deepEqual([answer.status, answer.body['code']], [400, code])
      assert.equal(simulator.messages().length, 0)
    })
  }

  it('brings its own code where that is on', async (t) => {
    const { simulator } = openDesk(t, { verifyService: { customCodeEnabled: true } })
    await start(simulator, { CustomCode: '0042' })
    assert.equal(codeOf(simulator), '0042')
    assert.equal((await check(simulator, '0042')).body['status'], 'approved')
  })

  it('of an unknown service is not found', async (t) => {
    const { simulator } = openDesk(t)
    const path = `/v2/Services/VA${'f'.repeat(32)}/Verifications`
    assert.equal((await call(simulator, path, { To: phone, Channel: 'sms' })).status, 404)
  })

  it('can be disturbed like a message', async (t) => {
    const { simulator } = openDesk(t)
    simulator.behave(
      { kind: 'refuse', code: 60410, operation: 'verifications.create' },
      { kind: 'hang-up', after: 'accepting', operation: 'verification-check' },
    )
    assert.equal((await send(simulator)).status, 201)
    const refused = await start(simulator)
    assert.deepEqual([refused.status, refused.body['code']], [403, 60410])
    await start(simulator)
    await assert.rejects(check(simulator, codeOf(simulator)))
    assert.equal(simulator.verifications()[0]?.status, 'approved')
  })
})
