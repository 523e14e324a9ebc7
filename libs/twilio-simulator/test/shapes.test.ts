import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { call, messagesPath, openDesk, phone, send } from './desk.ts'
import documented from './vectors/documented-keys.json' with { type: 'json' }

const rfc2822 = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} \+0000$/
const iso8601 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/

function assertKeys(body: Record<string, unknown>, keys: string[]): void {
  assert.deepEqual(Object.keys(body).toSorted(), keys.toSorted())
  for (const [key, value] of Object.entries(body)) assert.notEqual(value, undefined, key)
}

describe('answers have every documented key and no other', () => {
  it('message, at every state of its life', async (t) => {
    const { simulator } = openDesk(t)
    simulator.behave({ kind: 'undelivered', code: 30003 })
    const { body } = await send(simulator)
    assertKeys(body, documented.message)
    for (let i = 0; i < 4; i++) {
      await simulator.clock.advance(200)
      const path = messagesPath(simulator, `/${String(body['sid'])}.json`)
      const later = (await call(simulator, path)).body
      assertKeys(later, documented.message)
      assert.match(String(later['date_updated']), rfc2822)
      const sent = later['date_sent']
      if (sent !== null) assert.ok(typeof sent === 'string' && rfc2822.test(sent))
    }
    assert.match(String(body['date_created']), rfc2822)
  })

  it('lists of messages, media and numbers, feedback, account', async (t) => {
    const { simulator } = openDesk(t)
    const account = `/2010-04-01/Accounts/${simulator.accountSid}`
    const sid = String((await send(simulator)).body['sid'])
    assertKeys((await call(simulator, messagesPath(simulator))).body, documented.message_list)
    const media = await call(simulator, messagesPath(simulator, `/${sid}/Media.json`))
    assertKeys(media.body, documented.media_list)
    const path = messagesPath(simulator, `/${sid}/Feedback.json`)
    const feedback = await call(simulator, path, { Outcome: 'confirmed' })
    assert.equal(feedback.status, 200)
    assertKeys(feedback.body, documented.feedback)
    const numbers = await call(simulator, `${account}/IncomingPhoneNumbers.json?PageSize=1`)
    assertKeys(numbers.body, documented.number_list)
    assertKeys((await call(simulator, `${account}.json`)).body, documented.account)
  })

  it('verification, its check and its service', async (t) => {
    const { simulator } = openDesk(t)
    const path = `/v2/Services/${simulator.verifyServiceSid}`
    const started = await call(simulator, `${path}/Verifications`, { To: phone, Channel: 'sms' })
    assert.equal(started.status, 201)
    assertKeys(started.body, documented.verification)
    assert.match(String(started.body['date_created']), iso8601)
    const form = { To: phone, Code: simulator.code(phone) ?? '' }
    const checked = await call(simulator, `${path}/VerificationCheck`, form)
    assertKeys(checked.body, documented.verification_check)
    const service = await call(simulator, path)
    assertKeys(service.body, documented.verify_service)
    assert.match(String(service.body['date_updated']), iso8601)
    assert.match(String(service.body['url']), /^https:\/\/api\.twilio\.com\/v2\/Services\/VA/)
  })

  it('Messaging Service and the senders of its pool', async (t) => {
    const sid = `MG${'7'.repeat(32)}`
    const senders = ['+15005550006', '12345', 'Shop']
    const { simulator } = openDesk(t, { messagingServices: [{ sid, senders }] })
    const service = await call(simulator, `/v1/Services/${sid}`)
    assertKeys(service.body, documented.messaging_service)
    for (const [part, list, keys] of [
      ['PhoneNumbers', 'phone_numbers', documented.messaging_service_phone_number],
      ['ShortCodes', 'short_codes', documented.messaging_service_short_code],
      ['AlphaSenders', 'alpha_senders', documented.messaging_service_alpha_sender],
    ] as const) {
      const { body } = await call(simulator, `/v1/Services/${sid}/${part}`)
      assertKeys((body[list] as Record<string, unknown>[])[0] ?? {}, keys)
      assert.equal((body[list] as unknown[]).length, 1)
    }
    assert.equal((await call(simulator, '/v1/Services/MG0')).body['code'], 20404)
  })

  it('numbers, as many as fit the number asked for', async (t) => {
    const { simulator } = openDesk(t, { senders: ['+15005550006', '+4670000001'] })
    const numbers = async (wanted: string) => {
      const query = new URLSearchParams({ PhoneNumber: wanted }).toString()
      const path = `/2010-04-01/Accounts/${simulator.accountSid}/IncomingPhoneNumbers.json?${query}`
      return ((await call(simulator, path)).body['incoming_phone_numbers'] as unknown[]).length
    }
    assert.equal(await numbers('+15005550006'), 1)
    assert.equal(await numbers('+4670000002'), 0)
    assert.equal(await numbers('500555****'), 1)
  })

  it('look-up', async (t) => {
    const { simulator } = openDesk(t)
    assertKeys((await call(simulator, `/v2/PhoneNumbers/${phone}`)).body, documented.lookup)
  })
})

describe('paths and methods Twilio does not have', () => {
  it('are answered with 20404 and 20004', async (t) => {
    const { simulator } = openDesk(t)
    assert.equal((await call(simulator, '/v9/Nothing')).body['code'], 20404)
    const put = await call(simulator, messagesPath(simulator), {}, 'PUT')
    assert.deepEqual([put.status, put.body['code']], [405, 20004])
  })
})
