import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readCallbacks } from '../src/commands/doctor/callback-input.ts'
import { diagnoseCallback } from '../src/provider/callback-diagnosis.ts'
import type { ReceivedCallback } from '../src/provider/callback-variants.ts'
import {
  arrived,
  base,
  fields,
  hook,
  keySecret,
  oldToken,
  query,
  settings,
  token,
} from './arrived-callback.ts'

describe('a callback that is signed over another address', () => {
  const cases: [
    why: string,
    signed: string,
    request: Parameters<typeof arrived>[1],
    publicUrl: string | undefined,
  ][] = [
    [
      'http in place of https',
      `http://shop.example.com/sms${hook}${query}`,
      {},
      'http://shop.example.com/sms',
    ],
    [
      'www',
      `https://www.shop.example.com/sms${hook}${query}`,
      {},
      'https://www.shop.example.com/sms',
    ],
    [
      'a port',
      `https://shop.example.com:8443/sms${hook}${query}`,
      { headers: { host: 'shop.example.com:8443' } },
      'https://shop.example.com:8443/sms',
    ],
    [
      'its standard port',
      `https://shop.example.com:443/sms${hook}${query}`,
      {},
      'https://shop.example.com:443/sms',
    ],
    [
      'no prefix',
      `https://shop.example.com${hook}${query}`,
      { url: `${hook}${query}` },
      'https://shop.example.com',
    ],
    [
      'a prefix that the proxy takes off',
      `https://shop.example.com/api${hook}${query}`,
      {
        url: `${hook}${query}`,
        headers: { host: 'shop.example.com', 'x-forwarded-prefix': '/api' },
      },
      'https://shop.example.com/api',
    ],
    [
      'the host that the proxy was called by',
      `https://abc.ngrok.app/sms${hook}${query}`,
      { headers: { host: 'localhost:3000', 'x-forwarded-host': 'abc.ngrok.app' } },
      'https://abc.ngrok.app/sms',
    ],
    [
      'the host in Forwarded',
      `https://t.example/sms${hook}${query}`,
      { headers: { host: 'localhost', forwarded: 'for=1.2.3.4;host="t.example";proto=https' } },
      'https://t.example/sms',
    ],
    [
      'the host as received',
      `https://other.example/sms${hook}${query}`,
      { headers: { host: 'other.example' } },
      'https://other.example/sms',
    ],
    [
      'a whole address as received',
      `https://whole.example/x${hook}${query}`,
      { url: `https://whole.example/x${hook}${query}`, headers: {} },
      'https://whole.example/x',
    ],
    ['another path', `${base}/old/hook`, { url: '/sms/old/hook' }, undefined],
    [
      'a query that the proxy added to',
      `${base}${hook}${query}`,
      { url: `/sms${hook}${query}&via=proxy` },
      undefined,
    ],
    [
      'a query that was written anew',
      `${base}${hook}?a=b+c`,
      { url: `/sms${hook}?a=b%20c` },
      undefined,
    ],
  ]
  for (const [why, signed, request, publicUrl] of cases) {
    it(`is told apart: ${why}`, () => {
      const found = diagnoseCallback(settings, arrived(signed, request))
      assert.partialDeepStrictEqual(found, {
        kind: 'other-address',
        token: 'twilio.authToken',
        signed,
      })
      assert.equal(found.kind === 'other-address' ? found.publicUrl : '', publicUrl)
    })
  }
})

describe('a callback that is signed over the right address', () => {
  const signed = `${base}${hook}${query}`

  it('is accepted with any of the auth tokens, with the slash and without', () => {
    const diagnose = (request: ReceivedCallback) => diagnoseCallback(settings, request)
    assert.deepEqual(diagnose(arrived(signed)), { kind: 'accepted', token: 'twilio.authToken' })
    assert.deepEqual(diagnose(arrived(signed, { by: oldToken })), {
      kind: 'accepted',
      token: 'twilio.otherAuthTokens[0]',
    })
    assert.equal(diagnose(arrived(`${base}${hook.slice(0, -1)}${query}`)).kind, 'accepted')
    // An editor ends a file with a line break.
    const body = `${new URLSearchParams(fields).toString()}\n`
    assert.equal(diagnose(arrived(signed, { body })).kind, 'accepted')
  })

  it('is named where the secret of an API key has signed', () => {
    const found = diagnoseCallback(settings, arrived(signed, { by: keySecret }))
    assert.deepEqual(found, { kind: 'wrong-secret', setting: 'twilio.apiKey.secret' })
  })

  it('is named where the body was rewritten', () => {
    const bodies = [
      JSON.stringify(fields),
      new URLSearchParams(fields).toString().replaceAll('%2B', '+'),
    ]
    for (const body of bodies) {
      assert.equal(diagnoseCallback(settings, arrived(signed, { body })).kind, 'other-body')
    }
  })

  it('is refused for what is in it, if that is what is wrong', () => {
    const params = { ...fields, AccountSid: `AC${'9'.repeat(32)}` }
    const found = diagnoseCallback(settings, arrived(signed, { params }))
    assert.deepEqual(found, {
      kind: 'not-ours',
      token: 'twilio.authToken',
      words: 'another account',
    })
  })
})

describe('a callback that nothing explains', () => {
  const signed = `${base}${hook}${query}`
  const hintsOf = (request: ReceivedCallback) => {
    const found = diagnoseCallback(settings, request)
    assert.equal(found.kind, 'unknown')
    assert.ok(found.kind === 'unknown' && found.tried.addresses > 50)
    return found.kind === 'unknown' ? found.hints.join('; ') : ''
  }

  it('is told what is odd about it', () => {
    const foreign = 'd'.repeat(32)
    assert.match(hintsOf(arrived(signed, { by: foreign })), /another auth token by now/)
    assert.match(
      hintsOf(
        arrived(signed, { by: foreign, params: { ...fields, AccountSid: `AC${'9'.repeat(32)}` } }),
      ),
      /AccountSid is another account/,
    )
    assert.match(hintsOf(arrived(signed, { url: `/sms${hook}` })), /the query .* is missing/)
    assert.match(hintsOf(arrived(signed, { body: '' })), /the body is empty/)
    assert.match(hintsOf(arrived(signed, { body: 'Status=sent' })), /no status callback/)
  })

  it('has no signature, or none of this shape', () => {
    const { url, body } = arrived(signed)
    assert.deepEqual(diagnoseCallback(settings, { url, body, headers: {} }), { kind: 'unsigned' })
    const headers = { 'x-twilio-signature': 'abc=, abc=' }
    assert.equal(diagnoseCallback(settings, { url, body, headers }).kind, 'no-signature-shape')
  })

  it('never shows a token', () => {
    for (const by of [token, oldToken, keySecret]) {
      for (const request of [arrived(signed, { by }), arrived('https://x.test/', { by })]) {
        assert.ok(!JSON.stringify(diagnoseCallback(settings, request)).includes(by))
      }
    }
  })
})

describe('a callback as somebody has it', () => {
  const one = arrived(`${base}${hook}${query}`)
  const signature = one.headers['x-twilio-signature'] ?? ''
  const url = `https://shop.example.com/sms${hook}${query}`
  const headers = [
    `Content-Type: application/x-www-form-urlencoded`,
    `X-Twilio-Signature: ${signature}`,
  ]
  const data = Object.entries(fields).map(([name, value]) => `--data-urlencode '${name}=${value}'`)
  const forms = {
    'JSON of one': JSON.stringify({ url, headers: one.headers, body: one.body }),
    'JSON of a list': JSON.stringify([{ url, headers: one.headers, body: one.body }]),
    'an HTTP request': [
      `POST /sms${hook}${query} HTTP/1.1`,
      'Host: shop.example.com',
      ...headers,
      '',
      one.body,
    ].join('\r\n'),
    'an HTTP request with plain line ends': [
      `POST /sms${hook}${query} HTTP/1.1`,
      ...headers,
      '',
      one.body,
      '',
    ].join('\n'),
    'a curl line': `curl -X POST '${url}' ${headers.map((text) => `-H '${text}'`).join(' ')} --data-raw '${one.body}'`,
    'a curl line over several lines':
      `$ curl "${url.replace('&', '\\&')}" \\\n  -H "${headers[1]}" \\\n  ${data.join(' \\\n  ')}`.replace(
        '\\&',
        '&',
      ),
  }
  for (const [name, text] of Object.entries(forms)) {
    it(`is read: ${name}`, () => {
      const [read, ...rest] = readCallbacks(text)
      assert.ok(read && rest.length === 0)
      assert.equal(diagnoseCallback(settings, read).kind, 'accepted')
    })
  }

  it('is nothing where it is none of these', () => {
    for (const text of ['', 'hello', '{', '{"url":1}', 'null', '[1]', 'curl']) {
      assert.deepEqual(readCallbacks(text), [], text)
    }
  })
})
