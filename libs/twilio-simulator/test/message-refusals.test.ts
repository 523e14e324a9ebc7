import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { call, messagesPath, openDesk, openSdk, phone, send, sender } from './desk.ts'

const service = 'MG00000000000000000000000000000001'
const inTenMinutes = '2026-01-01T12:10:00Z'

describe('creating a message', () => {
  const refusals: [name: string, code: number, form: Record<string, string>][] = [
    ['no To', 21604, { To: '' }],
    ['no sender', 21603, { From: '' }],
    ['no content', 21619, { Body: '' }],
    ['a text that is too long', 21617, { Body: 'a'.repeat(1601) }],
    ['a To without plus', 21211, { To: '14155550100' }],
    ['a To with a tail', 21211, { To: '+14155550100<script>' }],
    ['a short code as To', 21265, { To: '12345' }],
    ['a sender that is none', 21212, { From: 'far too long a name' }],
    ['the same number twice', 21266, { From: phone }],
    ['channels that differ', 21910, { From: 'whatsapp:+15005550006' }],
    [
      'one WhatsApp address twice',
      63031,
      { To: 'whatsapp:+15005550006', From: 'whatsapp:+15005550006' },
    ],
    ['an unknown service', 21705, { MessagingServiceSid: 'MG1' }],
    ['a sender outside the pool', 21711, { MessagingServiceSid: service, From: '+15005550099' }],
    ['a callback that is no URL', 21609, { StatusCallback: 'nowhere' }],
    ['a callback host with underscore', 21609, { StatusCallback: 'https://a_b.example/' }],
    [
      'a callback over 4,000 characters',
      21609,
      { StatusCallback: `https://a.b/${'x'.repeat(4000)}` },
    ],
    ['a validity of zero', 90007, { ValidityPeriod: '0' }],
    ['a validity over ten hours', 90007, { ValidityPeriod: '36001' }],
    ['a validity that is no number', 20001, { ValidityPeriod: 'long' }],
    ['media that is no URL', 21620, { MediaUrl: 'cat.jpg' }],
    ['a template that is none', 21655, { ContentSid: 'HX1' }],
    ['template values without a template', 21656, { ContentVariables: '{}' }],
    ['a schedule without a time', 35111, { ScheduleType: 'fixed', MessagingServiceSid: service }],
    ['a schedule without a service', 35118, { ScheduleType: 'fixed', SendAt: inTenMinutes }],
    [
      'a schedule too soon',
      35114,
      { ScheduleType: 'fixed', MessagingServiceSid: service, SendAt: '2026-01-01T12:05:00Z' },
    ],
    [
      'a schedule too late',
      35114,
      { ScheduleType: 'fixed', MessagingServiceSid: service, SendAt: '2026-02-05T12:00:01Z' },
    ],
    [
      'a schedule in another form',
      35115,
      { ScheduleType: 'fixed', MessagingServiceSid: service, SendAt: 'tomorrow' },
    ],
  ]
  for (const [name, code, form] of refusals) {
    it(`is refused with ${code} for ${name}`, async (t) => {
      const { simulator } = openDesk(t)
      const answer = await send(simulator, form.MessagingServiceSid ? { From: '', ...form } : form)
      assert.deepEqual(
        [answer.body['code'], answer.status, answer.body['status']],
        [code, 400, 400],
      )
      assert.deepEqual(Object.keys(answer.body), ['code', 'message', 'more_info', 'status'])
      assert.equal(simulator.messages().length, 0)
    })
  }

  it('is refused with 21623 for eleven media', async (t) => {
    const { simulator } = openDesk(t)
    const media = Array.from({ length: 11 }, (_, i): [string, string] => [
      'MediaUrl',
      `https://a.example/${i}`,
    ])
    const form: [string, string][] = [['To', phone], ['From', sender], ...media]
    assert.equal((await call(simulator, messagesPath(simulator), form)).body['code'], 21623)
  })

  it('takes 1600 characters, a sender ID, WhatsApp on both sides and a template', async (t) => {
    const { simulator } = openDesk(t)
    const contentSid = `HX${'0'.repeat(32)}`
    const good: Record<string, string>[] = [
      { Body: 'ç'.repeat(1600) },
      { From: 'Shop 24' },
      { From: '24680' },
      { To: 'whatsapp:+14155550100', From: 'whatsapp:+14155238886' },
      { Body: '', ContentSid: contentSid, ContentVariables: '{"1":"x"}' },
      { ValidityPeriod: '36000' },
    ]
    for (const form of good) assert.equal((await send(simulator, form)).status, 201)
  })

  it('knows its own senders when they are listed', async (t) => {
    const { simulator } = openDesk(t, { senders: ['+15005550042'] })
    assert.equal((await send(simulator)).body['code'], 21606)
    assert.equal((await send(simulator, { From: '+15005550042' })).status, 201)
  })
})

describe('magic numbers', () => {
  const magicTo = { '01': 21211, '02': 21612, '03': 21408, '04': 21610, '09': 21614 }
  for (const [ending, code] of Object.entries(magicTo)) {
    it(`+150055500${ending} as To is refused with ${code}, also on the normal account`, async (t) => {
      const { simulator } = openDesk(t)
      const client = await openSdk(simulator, simulator.testAccountSid, simulator.testAuthToken)
      const to = `+150055500${ending}`
      await assert.rejects(client.messages.create({ to, from: sender, body: 'a' }), { code })
      assert.equal((await send(simulator, { To: to })).body['code'], code)
    })
  }
  const magicFrom = { '01': 21212, '07': 21606, '08': 21611, '99': 21606 }
  for (const [ending, code] of Object.entries(magicFrom)) {
    it(`+150055500${ending} as From is refused with ${code} on the test account`, async (t) => {
      const { simulator } = openDesk(t)
      const client = await openSdk(simulator, simulator.testAccountSid, simulator.testAuthToken)
      const from = `+150055500${ending}`
      await assert.rejects(client.messages.create({ to: phone, from, body: 'a' }), { code })
    })
  }

  it('the test account takes the good sender, keeps nothing and calls nobody', async (t) => {
    const { simulator, received } = openDesk(t)
    const client = await openSdk(simulator, simulator.testAccountSid, simulator.testAuthToken)
    const message = await client.messages.create({
      to: phone,
      from: sender,
      body: 'a',
      statusCallback: 'https://a.example/',
    })
    assert.deepEqual([message.status, message.accountSid], ['queued', simulator.testAccountSid])
    await simulator.clock.advance(5000)
    assert.deepEqual([simulator.messages().length, received.length], [0, 0])
    await assert.rejects(client.messages.list(), { status: 403, code: 20008 })
  })
})
