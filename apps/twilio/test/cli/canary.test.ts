import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { type Answer, type Dev, startDev } from './dev-server.ts'

// Nothing that a program writes besides its results may hold a token, a code, a text or a full
// number. Each flow here carries words that occur nowhere else.

/** Numbers of a range that no other test uses, one a flow. */
function createPhones() {
  let next = 4_155_550_100
  const used: string[] = []
  return {
    used,
    take: () => {
      const digits = `1${next++}`
      used.push(digits.slice(1))
      return `+${digits}`
    },
  }
}

const faults = [
  { kind: 'refuse', code: 21211 },
  { kind: 'refuse', code: 20003, http_status: 401 },
  { kind: 'busy', retry_after_seconds: 1 },
  { kind: 'server-error', after: 'accepting' },
  { kind: 'hang-up', after: 'accepting', by: 'reset' },
  { kind: 'hang-up', before: 'accepting' },
  { kind: 'html', after: 'accepting' },
  { kind: 'cut-body' },
  { kind: 'no-sid' },
]

async function sendFlows(dev: Dev, phone: () => string): Promise<void> {
  const send = (to_phone: string, more: Record<string, string> = {}) =>
    dev.api('POST', '/api/sms/send/', { to_phone, message: 'canary-body' }, more)
  assert.equal((await send(phone(), { prefer: 'wait=20' })).status, 201)
  for (const fault of faults) {
    const to = phone()
    await dev.simulator('POST', 'behaviours', { ...fault, to })
    assert.equal((await send(to, { prefer: 'wait=1' })).status < 300, true)
  }
  const key = { 'idempotency-key': 'canary-idempotency' }
  await send(phone(), key)
  assert.equal((await send(phone(), key)).status, 422)
  assert.equal((await send(phone(), { authorization: 'Bearer canary-bearer' })).status, 401)
  assert.equal((await send(`${phone()}<canary>`)).status, 422)
  const broken = `{"message":"canary-body","to_phone":"${phone()}"`
  assert.equal((await dev.api('POST', '/api/sms/send/', broken)).status, 400)
  await dev.api('GET', `/api/sms/${encodeURIComponent(phone())}/status/?canary-query=1`)
}

async function verifyFlows(dev: Dev, phone: () => string): Promise<string[]> {
  const codes: string[] = []
  for (let i = 0; i < 3; i++) {
    const to_phone = phone()
    const started = await dev.api('POST', '/api/sms/verify/start/', { to_phone })
    assert.equal(started.status, 202)
    assert.equal((await dev.api('POST', '/api/sms/verify/start/', { to_phone })).status, 429)
    const code = await codeOf(dev, to_phone)
    const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0')
    const { verification_id } = started.body
    const check = (code: string) =>
      dev.api('POST', '/api/sms/verify/check/', { verification_id, code })
    assert.equal((await check(wrong)).body['outcome'], 'incorrect')
    assert.equal((await check(code)).body['outcome'], 'approved')
    assert.equal((await check(code)).body['outcome'], 'already-used')
    codes.push(code, wrong)
  }
  return codes
}

async function codeOf(dev: Dev, to: string): Promise<string> {
  for (;;) {
    const path = `messages?to=${encodeURIComponent(to)}`
    const { body } = (await dev.simulator('GET', path)) as Answer & {
      body: { messages: { body: string }[] }
    }
    const code = /\b\d{6}\b/.exec(body.messages[0]?.body ?? '')?.[0]
    if (code !== undefined) return code
  }
}

async function hostileFlows(dev: Dev, phone: () => string): Promise<void> {
  const forged = await fetch(`${dev.addresses.url}/webhooks/sms/twilio/`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': 'canary-signature',
    },
    body: new URLSearchParams({ MessageSid: 'canary-sid', To: phone(), Body: 'canary-body' }),
  })
  assert.equal(forged.status, 403)
  const socket = connect(Number(new URL(dev.addresses.url).port), '127.0.0.1')
  socket.on('error', () => {}).resume()
  socket.write(`canary-raw ${phone()}\r\n\r\n`)
  await once(socket, 'close')
}

describe('the log of a program', () => {
  for (const backend of ['twilio-verify', 'own-codes']) {
    it(`holds no token, code, text or full number, with ${backend} at level debug`, async (t) => {
      const dev = await startDev(t, '--backend', backend, '--log-level', 'debug')
      const phones = createPhones()
      await sendFlows(dev, phones.take)
      const codes = await verifyFlows(dev, phones.take)
      await hostileFlows(dev, phones.take)
      await dev.simulator('POST', 'clock', { advance_ms: 10_000 })
      await dev.stop()

      const log = dev.program.stderr()
      const lines = log.trim().split('\n')
      assert.ok(lines.length > 10, 'there was something to look through')
      for (const line of lines) assert.equal(typeof JSON.parse(line), 'object')
      assert.equal(dev.program.stdout().trim().split('\n').length, 1)

      assert.doesNotMatch(log, /canary/)
      const { api_key, auth_token } = dev.addresses
      const basic = Buffer.from(`${dev.addresses.account_sid}:${auth_token}`).toString('base64')
      const secrets = [api_key, auth_token, basic, ...phones.used]
      assert.deepEqual(
        secrets.filter((secret) => log.includes(secret)),
        [],
      )
      const shown = codes.filter((code) => new RegExp(`(?<![\\w.])${code}(?!\\w)`).test(log))
      assert.deepEqual(shown, [])
    })
  }
})
