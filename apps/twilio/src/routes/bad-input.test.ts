import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createFakeApp, problemOf } from '../../test/fake-services.ts'

const phone = '+14155552671'
const sendPath = '/api/sms/send/'
const startPath = '/api/sms/verify/start/'
const checkPath = '/api/sms/verify/check/'
const json = (value: unknown) => JSON.stringify(value)
const send = (more: object = {}) => json({ to_phone: phone, message: 'Hello', ...more })
const start = (more: object) => json({ to_phone: phone, ...more })
const check = (code: unknown) => json({ verification_id: 'v', code })
const pairs = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 'v']))

/** Refused with this answer, for this field; and nobody was asked, and nothing was logged. */
function refuses(
  what: string,
  request: { path?: string; body: string | Uint8Array; headers?: Record<string, string> },
  answer: [number, string],
  field?: string,
) {
  it(`refuses ${what}`, async () => {
    const { post, calls, logs } = createFakeApp()
    const response = await post(request.path ?? sendPath, request.body, request.headers)
    const document = await problemOf(response)
    assert.deepEqual([response.status, document.code], answer)
    assert.equal(document.status, response.status)
    if (field !== undefined) assert.equal(document.errors?.[0]?.field, field)
    assert.ok((document.errors?.length ?? 0) <= 20)
    assert.deepEqual([calls, logs], [[], []])
  })
}

describe('a body that is no JSON', () => {
  const table: Record<string, string | Uint8Array> = {
    nothing: '',
    'half of a text': '{"to_phone":',
    'a comma too many': '{"message":"a",}',
    'a form': 'to_phone=%2B14155552671',
    NaN: '{"to_phone":NaN}',
    'bytes that are no UTF-8': Buffer.from('{"message":"\xff"}', 'latin1'),
    'UTF-16': Buffer.from(send(), 'utf16le'),
    'a raw NUL in a string': '{"message":"a\0b"}',
  }
  for (const [what, body] of Object.entries(table)) {
    refuses(what, { body }, [400, 'invalid-json'])
  }
})

describe('a body with a wrong field', () => {
  const proto = `"metadata":{"__proto__":"x"}`
  const table: [string, string, string?][] = [
    ['null', 'null'],
    ['a number', '7'],
    ['a list', '[]'],
    ['an empty object', '{}', 'to_phone'],
    ['no message', json({ to_phone: phone }), 'message'],
    ['a phone as a number', send({ to_phone: 14155552671 }), 'to_phone'],
    ['a phone as a list', send({ to_phone: [phone] }), 'to_phone'],
    ['a phone of 65', send({ to_phone: '+'.padEnd(65, '1') }), 'to_phone'],
    ['a message of null', send({ message: null }), 'message'],
    ['an empty message', send({ message: '' }), 'message'],
    ['a message of 1,601', send({ message: 'a'.repeat(1_601) }), 'message'],
    ['an escaped NUL', send({ message: 'a\0b' }), 'message'],
    ['half a surrogate pair', send({ message: 'a\ud800' }), 'message'],
    ['the other half, in a name', send({ metadata: { '\udc00': 'v' } }), 'metadata.\ufffd'],
    ['an unknown field', send({ toPhone: phone }), 'toPhone'],
    ['__proto__', `{"__proto__":{"to_phone":"${phone}"},"message":"a"}`, '__proto__'],
    ['__proto__ in escapes', '{"\\u005f_proto__":{"admin":true}}', '__proto__'],
    ['__proto__ further in', send().replace('}', `,${proto}}`), 'metadata.__proto__'],
    ['constructor', send({ constructor: { prototype: {} } }), 'constructor'],
    ['depth 11', `${'{"a":'.repeat(11)}1${'}'.repeat(11)}`, 'a.a.a.a.a.a.a.a.a.a'],
    ['depth 30,000', `${'['.repeat(30_000)}${']'.repeat(30_000)}`],
    ['four thousand fields', json(pairs(4_000))],
    ['a field with a long name', send({ ['x'.repeat(60_000)]: 1 }), 'x'.repeat(100)],
    ['a wrong priority', send({ priority: 'urgent' }), 'priority'],
    ['a wrong service', send({ messaging_service_sid: 'MG12' }), 'messaging_service_sid'],
    ['a time without zone', send({ send_at: '2026-11-22T12:00:00' }), 'send_at'],
    ['a day that is none', send({ send_at: '2026-02-30T12:00:00Z' }), 'send_at'],
    ['a time as a number', send({ expires_at: 1_800_000_000 }), 'expires_at'],
    ['21 pairs', send({ metadata: pairs(21) }), 'metadata'],
    ['a key of 41', send({ metadata: { ['k'.repeat(41)]: 'v' } })],
    ['an empty key', send({ metadata: { '': 'v' } })],
    ['a value of 501', send({ metadata: { k: 'v'.repeat(501) } }), 'metadata.k'],
    ['a value that is no text', send({ metadata: { k: 1 } }), 'metadata.k'],
  ]
  for (const [what, body, field] of table) {
    refuses(what, { body }, [400, 'invalid-body'], field)
  }
  refuses('64 KiB and a byte', { body: send().padEnd(65_537) }, [413, 'body-too-large'])
})

describe('a phone that is none', () => {
  const phones = [
    '4155552671',
    '+0155552671',
    '+1415',
    '0014155552671',
    '+1415555267112345',
    '+14155552671<script>alert(1)</script>',
    "+1415' OR 1=1 --",
    'tel:+14155552671',
    '+1 415 555 2671',
    '+14155552671\n',
    '\u200b+14155552671',
    '+14155552671\u202e',
    '+١٤١٥٥٥٥٢٦٧١',
    '+１４１５５５５２６７１',
  ]
  for (const to_phone of phones) {
    refuses(json(to_phone), { body: send({ to_phone }) }, [422, 'invalid-phone'], 'to_phone')
  }
})

describe('a header that does not fit', () => {
  const types = [
    '',
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'application/json, text/plain',
    'application/json;',
    'application/problem+json',
    'application/json; charset=latin1',
    'application/json; charset=utf-7',
  ]
  for (const type of types) {
    const headers = { 'content-type': type }
    refuses(`the type ${json(type)}`, { body: send(), headers }, [415, 'unsupported-media-type'])
  }
  const packed = { 'content-encoding': 'gzip' }
  refuses('a packed body', { body: send(), headers: packed }, [415, 'unsupported-media-type'])
  for (const key of ['', 'k'.repeat(256), 'clé', 'a\tb', 'k\u007f', 'a\u0080']) {
    const headers = { 'idempotency-key': key }
    refuses(`the key ${json(key)}`, { body: send(), headers }, [400, 'invalid-idempotency-key'])
  }
})

describe('a verification that cannot be', () => {
  const table: [string, string, string, string][] = [
    ['no phone', startPath, '{}', 'to_phone'],
    ['an unknown channel', startPath, start({ channel: 'fax' }), 'channel'],
    ['a locale with a slash', startPath, start({ locale: '../en' }), 'locale'],
    ['a purpose in capitals', startPath, start({ purpose: 'LOGIN' }), 'purpose'],
    ['an id with a quote', startPath, start({ verification_id: "'" }), 'verification_id'],
    ['no id and no phone', checkPath, json({ code: '123456' }), 'verification_id'],
    ['id and phone', checkPath, start({ verification_id: 'v', code: '123456' }), 'to_phone'],
    ['id and purpose', checkPath, check('123456').replace('}', ',"purpose":"p"}'), 'purpose'],
    ['no code', checkPath, json({ verification_id: 'v' }), 'code'],
    ...[123456, '123', '12345678901', '12345a', '١٢٣٤٥٦', ' 123456', '123456\n', '-12345', ''].map(
      (code): [string, string, string, string] => [json(code), checkPath, check(code), 'code'],
    ),
    ['a code in a list', checkPath, check(['123456']), 'code'],
  ]
  for (const [what, path, body, field] of table) {
    refuses(what, { path, body }, [400, 'invalid-body'], field)
  }
  for (const path of [startPath, checkPath]) {
    const more = path === checkPath ? { code: '123456' } : {}
    const body = json({ to_phone: '+1415555267x', ...more })
    refuses(`a phone with a letter at ${path}`, { path, body }, [422, 'invalid-phone'], 'to_phone')
  }
})

describe('input that only looks bad', () => {
  const table: [string, string | Uint8Array, Record<string, string>?][] = [
    ['a message of 1,600', send({ message: 'a'.repeat(1_600) })],
    ['64 KiB to the byte', send().padEnd(65_536)],
    ['a byte order mark', Buffer.from(`\ufeff${send()}`)],
    ['a name given twice: the last one counts', `{"message":7,${send().slice(1)}`],
    ['emoji, right to left, combining marks', send({ message: '👨‍👩‍👧‍👦 שלום e\u0301' })],
    ['20 pairs', send({ metadata: pairs(20) })],
    ['a time with an offset', send({ send_at: '2026-11-22T12:00:00+01:00' })],
    ['a charset of UTF-8', send(), { 'content-type': 'Application/JSON; charset="UTF-8"' }],
    ['identity', send(), { 'content-encoding': 'identity' }],
    ['a key of 255', send(), { 'idempotency-key': '~'.repeat(255) }],
    ['a Prefer that nobody understands', send(), { prefer: 'wait=soon, ,;=' }],
  ]
  for (const [what, body, headers] of table) {
    it(`takes ${what}`, async () => {
      const { post, calls } = createFakeApp()
      assert.equal((await post(sendPath, body, headers)).status, 202)
      assert.equal(calls.length, 1)
    })
  }

  it('leaves the prototype of everything alone', async () => {
    const { post } = createFakeApp()
    await post(sendPath, '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}')
    assert.equal(Reflect.get({}, 'polluted'), undefined)
  })
})
