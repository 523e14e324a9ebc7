import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import vectors from '../test/vectors/signatures.json' with { type: 'json' }
import { parseInbound, parseStatusCallback } from './index.ts'

const accountSid = `AC${'0'.repeat(31)}1`
const messageSid = `SM${'0'.repeat(31)}1`

type Changes = Record<string, string | undefined>

/** A genuine message with some parameters changed, or with `undefined` left out. */
function message(changes: Changes = {}): Array<[string, string]> {
  const genuine = {
    AccountSid: accountSid,
    ApiVersion: '2010-04-01',
    Body: 'Hello',
    From: '+14155550100',
    FromCity: '',
    MessageSid: messageSid,
    NumMedia: '0',
    NumSegments: '1',
    SmsMessageSid: messageSid,
    SmsSid: messageSid,
    SmsStatus: 'received',
    To: '+15005550006',
  }
  const all = Object.entries({ ...genuine, ...changes })
  return all.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
}

function kindOf(changes: Changes): string {
  return parseInbound(message(changes)).kind
}

describe('parseInbound', () => {
  it('reads a message', () => {
    assert.deepEqual(parseInbound(message()), {
      kind: 'inbound',
      accountSid,
      messageSid,
      messagingServiceSid: undefined,
      from: '+14155550100',
      to: '+15005550006',
      body: 'Hello',
      segments: 1,
      media: [],
      optOut: undefined,
      extra: [['FromCity', '']],
    })
  })

  const ids = /^(inbound-(?!.*trimmed)|whatsapp-inbound)/
  for (const { id, body } of vectors.vectors.filter(({ id }) => ids.test(id))) {
    it(`reads what Twilio sends: ${id}`, () => {
      const read = parseInbound(new URLSearchParams(body))
      assert.equal(read.kind, 'inbound', JSON.stringify(read))
      assert.equal(parseStatusCallback(new URLSearchParams(body)).kind, 'invalid')
    })
  }

  it('reads eleven pictures in their order', () => {
    const body = vectors.vectors.find(({ id }) => id === 'inbound-mms-11')?.body
    const read = parseInbound(new URLSearchParams(body))
    assert.ok(read.kind === 'inbound')
    assert.equal(read.media.length, 11)
    assert.match(read.media[10]?.url ?? '', /ME0{30}10$/)
    assert.equal(read.media[10]?.contentType, 'image/jpeg')
    assert.ok(read.extra.every(([name]) => !name.startsWith('Media')))
  })

  it('keeps a text to the letter', () => {
    for (const Body of ['', ' \r\n ', 'ErrorCode0', `From+19995550100To+1`, '<b>😀', '\0']) {
      const read = parseInbound(message({ Body }))
      assert.ok(read.kind === 'inbound')
      assert.equal(read.body, Body)
    }
  })

  it('tells an opt-out where Twilio does', () => {
    for (const [type, optOut] of [
      ['STOP', 'stop'],
      ['START', 'start'],
      ['HELP', 'help'],
    ] as const) {
      const read = parseInbound(message({ OptOutType: type }))
      assert.ok(read.kind === 'inbound')
      assert.equal(read.optOut, optOut)
    }
  })

  const good: Changes[] = [
    { NumMedia: undefined, NumSegments: undefined, SmsSid: undefined, SmsMessageSid: undefined },
    { From: 'whatsapp:+14155550100', WaId: '14155550100', ProfileName: 'Zoë From2020' },
    { OriginalRepliedMessageSid: messageSid, ButtonText: 'Yes', Latitude: '1.5' },
    { NumMedia: '2', MediaUrl1: 'https://example.com/1' },
    { NewParameter: 'value', NewParameter2: '' },
  ]
  for (const changes of good) {
    it(`accepts ${JSON.stringify(changes).slice(0, 70)}`, () => {
      assert.equal(kindOf(changes), 'inbound')
    })
  }

  const bad: Changes[] = [
    ...['AccountSid', 'Body', 'From', 'MessageSid', 'To'].map((name) => ({ [name]: undefined })),
    { SmsSid: `SM${'2'.repeat(32)}` },
    { SmsMessageSid: `SM${'2'.repeat(32)}` },
    { SmsStatus: 'delivered' },
    { MessageStatus: 'received' },
    { ErrorCode: '0' },
    { OptOutType: 'stop' },
    { NumMedia: '1000' },
    { NumMedia: '1', MediaUrl1: 'https://example.com/1' },
    { MediaUrl0: 'https://example.com/0' },
    { FromA: 'From+14155550100' },
    { Label: `xMessageSid${messageSid}` },
    { 'Body[]': 'x' },
  ]
  for (const changes of bad) {
    it(`refuses ${JSON.stringify(changes).slice(0, 70)}`, () => {
      assert.equal(kindOf(changes), 'invalid')
    })
  }

  it('refuses a field of ours or a picture that is there twice', () => {
    const picture = ['MediaUrl0', 'https://example.com/0'] as const
    const params = message({ NumMedia: '1' })
    assert.equal(parseInbound([...params, picture]).kind, 'inbound')
    assert.equal(parseInbound([...params, picture, picture]).kind, 'invalid')
    for (const pair of params.filter(([name]) => name !== 'FromCity')) {
      assert.equal(parseInbound([...params, pair]).kind, 'invalid', pair[0])
    }
  })
})
