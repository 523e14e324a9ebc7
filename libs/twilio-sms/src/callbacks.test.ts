import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import vectors from '../test/vectors/signatures.json' with { type: 'json' }
import { parseStatusCallback } from './index.ts'

const accountSid = `AC${'0'.repeat(31)}1`
const messageSid = `SM${'0'.repeat(31)}1`
const genuine = {
  AccountSid: accountSid,
  ApiVersion: '2010-04-01',
  ErrorCode: '30003',
  From: '+15005550006',
  MessageSid: messageSid,
  MessageStatus: 'undelivered',
  MessagingServiceSid: `MG${'0'.repeat(31)}1`,
  RawDlrDoneDate: '2611220701',
  SmsSid: messageSid,
  SmsStatus: 'undelivered',
  To: '+14155550100',
}

type Changes = Record<string, string | undefined>

/** The genuine report with some parameters changed, or with `undefined` left out. */
function report(changes: Changes = {}): Array<[string, string]> {
  const all = Object.entries({ ...genuine, ...changes })
  return all.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
}

function kindOf(params: Iterable<readonly [string, string]>): string {
  return parseStatusCallback(params).kind
}

describe('parseStatusCallback', () => {
  it('reads a report', () => {
    assert.deepEqual(parseStatusCallback(report()), {
      kind: 'status',
      accountSid,
      messageSid,
      status: 'undelivered',
      statusWord: 'undelivered',
      errorCode: 30003,
      messagingServiceSid: `MG${'0'.repeat(31)}1`,
      rawDoneDate: '2611220701',
      to: '+14155550100',
      from: '+15005550006',
      extra: [],
    })
  })

  for (const { id, body } of vectors.vectors.filter(({ id }) =>
    /^(status|whatsapp-read)/.test(id),
  )) {
    it(`reads what Twilio sends: ${id}`, () => {
      const read = parseStatusCallback(new URLSearchParams(body))
      assert.equal(read.kind, 'status', JSON.stringify(read))
    })
  }

  it('reads a report of WhatsApp and keeps what it does not know', () => {
    const body = vectors.vectors.find(({ id }) => id === 'whatsapp-read')?.body
    const read = parseStatusCallback(new URLSearchParams(body))
    assert.ok(read.kind === 'status')
    assert.deepEqual([read.status, read.to], ['read', 'whatsapp:+14155550100'])
    assert.deepEqual(read.extra, [
      ['ChannelInstallSid', 'XE00000000000000000000000000000001'],
      ['ChannelPrefix', 'whatsapp'],
      ['ChannelToAddress', '+1415555XXXX'],
      ['EventType', 'READ'],
    ])
  })

  const good: Array<[name: string, changes: Changes]> = [
    [
      'without what is not always there',
      {
        ErrorCode: undefined,
        MessagingServiceSid: undefined,
        RawDlrDoneDate: undefined,
        SmsSid: undefined,
        SmsStatus: undefined,
      },
    ],
    ['of an MMS', { MessageSid: `MM${'a'.repeat(32)}`, SmsSid: `MM${'a'.repeat(32)}` }],
    ['from a sender of letters', { From: 'My Shop' }],
    ['from a short code', { From: '12345' }],
    ['from an agent of RCS', { From: 'rcs:my_brand_agent' }],
    ['to a user of Messenger', { To: 'messenger:1234567890' }],
    ['with new parameters', { Zebra: '', 'A.b_c9': 'é 😀\n', SegmentCount: '2' }],
    ['with a new parameter that ends in a word of ours', { CarrierErrorCode: '42' }],
    ['with a new parameter that begins with a word of ours', { ToCountry: 'US', FromCountry: '' }],
  ]
  for (const [name, changes] of good) {
    it(`accepts a report ${name}`, () => {
      assert.equal(parseStatusCallback(report(changes)).kind, 'status')
    })
  }

  it('accepts a parameter it does not know any number of times', () => {
    assert.equal(kindOf([...report(), ['Tag', 'a'], ['Tag', 'b'], ['Tag', 'a']]), 'status')
  })

  it('calls a status that it does not know unknown, and keeps the word', () => {
    const read = parseStatusCallback(report({ MessageStatus: 'teleported', SmsStatus: undefined }))
    assert.ok(read.kind === 'status')
    assert.deepEqual([read.status, read.statusWord], ['unknown', 'teleported'])
  })

  const bad: Changes[] = [
    ...['AccountSid', 'ApiVersion', 'From', 'MessageSid', 'MessageStatus', 'To'].map((name) => ({
      [name]: undefined,
    })),
    ...Object.keys(genuine).map((name) => ({ [name]: '' })),
    { AccountSid: `AC${'g'.repeat(32)}` },
    { AccountSid: `${accountSid}0` },
    { MessageSid: `CA${'1'.repeat(32)}`, SmsSid: undefined },
    { SmsSid: `SM${'2'.repeat(32)}` },
    { SmsStatus: 'delivered' },
    { MessageStatus: 'Delivered', SmsStatus: 'Delivered' },
    { MessageStatus: 'delivered ', SmsStatus: undefined },
    { ApiVersion: '2010-4-1' },
    { ErrorCode: '0x1' },
    { ErrorCode: '1234567' },
    { ErrorCode: '٣٠٠٠٣' },
    { RawDlrDoneDate: 'yesterday' },
    { MessagingServiceSid: 'MG1' },
    { To: 'Shop' },
    { To: '+1415555O1OO' },
    { To: '+14155550100\n' },
    { From: '<script>' },
    { Body: 'STOP' },
    { NumMedia: '0' },
    { MediaUrl0: 'https://example.com' },
    { SmsMessageSid: messageSid },
    { OptOutType: 'STOP' },
    { 'a[b]': '1' },
    { '': '1' },
    { ['N'.repeat(200)]: '1' },
  ]
  for (const changes of bad) {
    it(`refuses ${JSON.stringify(changes).slice(0, 70)}`, () => {
      const read = parseStatusCallback(report(changes))
      assert.ok(read.kind === 'invalid')
      assert.ok(read.reason.length > 5 && read.reason.length < 80, read.reason)
    })
  }

  it('refuses any field of ours that is there twice, equal or not', () => {
    for (const [name, value] of report()) {
      assert.equal(kindOf([...report(), [name, value]]), 'invalid', name)
      assert.equal(kindOf([[name, '1'], ...report()]), 'invalid', name)
    }
  })

  it('refuses more than 200 parameters, without reading on', () => {
    const many = Array.from({ length: 189 }, (_, i): [string, string] => [`X${i}`, ''])
    assert.equal(kindOf([...report(), ...many]), 'status')
    let read = 0
    function* endless(): Iterable<[string, string]> {
      for (;;) yield [`X${read++}`, '']
    }
    assert.equal(kindOf(endless()), 'invalid')
    assert.ok(read < 210)
  })
})
