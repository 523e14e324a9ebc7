import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createFakeApp, problemOf } from '../../test/fake-services.ts'

const path = '/webhooks/sms/twilio/'
const form = 'MessageSid=SM1&MessageStatus=sent&Note=a+b%2Bc&Note=%C3%A9'
const type = { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' }

describe('POST /webhooks/sms/twilio/', () => {
  it('hands on the bytes, the query and the signature as they came', async () => {
    const { post, calls } = createFakeApp({ authorize: () => undefined })
    const response = await post(`${path}?id=7&x=%7e'`, form, {
      ...type,
      'x-twilio-signature': 'abc=',
    })
    assert.equal(response.status, 204)
    assert.equal(await response.text(), '')
    const { input } = calls[0] ?? assert.fail('nobody was asked')
    // Request percent-encodes the apostrophe; a Node host keeps it.
    assert.deepEqual(input, {
      rawQuery: 'id=7&x=%7e%27',
      body: Buffer.from(form),
      signature: 'abc=',
    })
  })

  it('leaves a missing and a doubled signature to be refused as forged', async () => {
    const { fetch, calls } = createFakeApp()
    const doubled = new Headers(type)
    doubled.append('x-twilio-signature', 'abc=')
    doubled.append('x-twilio-signature', 'abc=')
    await fetch(path, { method: 'POST', headers: type, body: form })
    await fetch(path, { method: 'POST', headers: doubled, body: form })
    const signatures = calls.map((one) => Reflect.get(Object(one.input), 'signature'))
    assert.deepEqual(signatures, [undefined, 'abc=, abc='])
  })

  it('answers a forged one with the same 403 whatever was sent', async () => {
    const { post } = createFakeApp({ receive: { kind: 'forged' } })
    const texts = new Set<string>()
    for (const [query, body, id] of [
      ['', form, 'request-1'],
      ['?a=b', '', 'request-2'],
      ['', 'x'.repeat(60_000), 'request-3'],
    ] as const) {
      const response = await post(path + query, body, { ...type, 'x-request-id': id })
      assert.equal(response.status, 403)
      texts.add(await response.text())
    }
    assert.equal(texts.size, 1)
    assert.deepEqual(Object.keys(JSON.parse([...texts][0] ?? '')), [
      'type',
      'title',
      'status',
      'code',
    ])
  })

  it('answers 400 for what is not understood and 503 for what could not be stored', async () => {
    const malformed = createFakeApp({ receive: { kind: 'malformed', words: 'no MessageSid' } })
    const refused = await malformed.post(path, form, type)
    const document = await problemOf(refused)
    assert.deepEqual(
      [refused.status, document.code, document.detail],
      [400, 'invalid-callback', 'no MessageSid'],
    )
    const down = createFakeApp({ receive: { kind: 'unavailable' } })
    const response = await down.post(path, form, type)
    assert.equal(response.status, 503)
    assert.ok(Number(response.headers.get('retry-after')) >= 1)
  })

  it('asks nobody about other types and bodies beyond 64 KiB', async () => {
    const { post, calls } = createFakeApp()
    for (const other of ['application/json', 'multipart/form-data', 'text/plain', '']) {
      assert.equal((await post(path, form, { 'content-type': other })).status, 415, other)
    }
    assert.equal((await post(path, 'a'.repeat(65_537), type)).status, 413)
    assert.deepEqual(calls, [])
    assert.equal((await post(path, 'a'.repeat(65_536), type)).status, 204)
  })

  it('is the same whatever Host and proxies say', async () => {
    const { fetch, calls } = createFakeApp()
    for (const headers of [
      {},
      { 'x-forwarded-host': 'evil.example' },
      { 'x-forwarded-proto': 'http', 'x-forwarded-port': '8080', 'x-forwarded-prefix': '/evil' },
      {
        forwarded: 'host=evil.example;proto=http',
        'x-original-url': '/evil',
        'x-rewrite-url': '/x',
      },
    ]) {
      await fetch(path, { method: 'POST', headers: { ...type, ...headers }, body: form })
    }
    assert.equal(calls.length, 4)
    for (const call of calls) assert.deepEqual(call, calls[0])
  })
})
