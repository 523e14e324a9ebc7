import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { getExpectedTwilioSignature, validateRequest } from 'twilio/lib/webhooks/webhooks.js'
import { joinParameters, signRequest, validateExactSignature } from '../src/index.ts'
import { validateSignature } from '../src/index.ts'

// The oracle is Twilio's own library.

const name = fc.oneof(
  fc.constantFrom(
    'From',
    'To',
    'ToCity',
    'Sms',
    'SmsSid',
    'b',
    'B',
    '_',
    'MediaUrl10',
    'MediaUrl2',
  ),
  fc.string({ minLength: 1, maxLength: 6 }).filter((text) => text !== '__proto__'),
)
const value = fc.oneof(fc.string({ maxLength: 8 }), fc.string({ unit: 'binary', maxLength: 8 }))
const parameters = fc.array(fc.tuple(name, value), { maxLength: 8 })

const query = fc
  .array(
    fc.constantFrom('a=1', "n=O'Neil", 'n=O%27Neil', 'm=a+b', 'm=a%20b', 'x=%2f', 'é=ü', 'b', ''),
    {
      maxLength: 4,
    },
  )
  .map((parts) => (parts.length === 0 ? '' : `?${parts.join('&')}`))
const address = fc
  .record({
    scheme: fc.constantFrom('https://', 'http://', 'HTTPS://'),
    user: fc.constantFrom('', '', 'user@', 'user:word@', 'us@er:word@'),
    host: fc.constantFrom('app.example.com', 'APP.Example.com', '127.0.0.1', '[::1]'),
    port: fc.constantFrom('', '', ':443', ':80', ':8443'),
    path: fc.constantFrom('', '/', '/cb', '/cb/', '//cb', '/café', '/caf%C3%A9', '/a:b@c'),
    query,
  })
  .map(({ scheme, user, host, port, path, query }) => scheme + user + host + port + path + query)

/** The form as the library's users pass it: an object, with a list where a name is repeated. */
function objectOf(pairs: ReadonlyArray<readonly [string, string]>): Record<string, string[]> {
  const object: Record<string, string[]> = {}
  for (const [name, value] of pairs) (object[name] ??= []).push(value)
  return object
}

describe('signRequest', () => {
  it('signs as Twilio’s library does', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), address, parameters, (authToken, url, params) => {
        const expected = getExpectedTwilioSignature(authToken, url, objectOf(params))
        assert.equal(signRequest({ authToken, url, params }), expected)
      }),
      { numRuns: 1000 },
    )
  })

  it('does not care for the order of the parameters, nor for pairs that come twice', () => {
    fc.assert(
      fc.property(parameters, fc.integer(), (params, turn) => {
        const rotated = params.toSorted(
          (a, b) => ((a[0].length * turn) % 7) - ((b[0].length * turn) % 7),
        )
        assert.equal(joinParameters([...rotated, ...params]), joinParameters(params))
      }),
      { numRuns: 300 },
    )
  })
})

describe('validateSignature', () => {
  it('judges as Twilio’s library does, whatever spelling of the URL was signed', () => {
    let accepted = 0
    fc.assert(
      fc.property(address, address, fc.boolean(), parameters, (one, other, same, params) => {
        const received = same ? respell(one) : other
        const object = objectOf(params)
        const signature = getExpectedTwilioSignature('12345', one, object)
        const expected = validateRequest('12345', signature, received, object)
        const request = { authTokens: ['12345'], url: received, params, signature }
        assert.equal(validateSignature(request), expected)
        if (expected) accepted++
      }),
      { numRuns: 1500 },
    )
    assert.ok(accepted > 200, `${accepted} accepted`)
  })
})

// What proxies do to a URL on its way.
function respell(url: string): string {
  const parsed = URL.parse(url)
  if (parsed === null) return url
  return url.length % 3 === 0
    ? url
    : url.length % 3 === 1
      ? parsed.href
      : url.replaceAll("'", '%27')
}

const origin = 'https://app.example.com'
const authToken = 'token'
const genuine = ['/webhooks/sms/twilio/?id=7', 'MessageStatus', 'delivered', 'To', '+14155550100']

/** A request out of its changeable parts: path, names and values. */
function requestOf(parts: readonly string[]): { url: string; params: Array<[string, string]> } {
  const [path = '', name1 = '', value1 = '', name2 = '', value2 = ''] = parts
  const params: Array<[string, string]> = [
    [name1, value1],
    [name2, value2],
  ]
  return { url: origin + path, params }
}

describe('a forged request', () => {
  const signature = signRequest({ authToken, ...requestOf(genuine) })
  for (const validate of [validateSignature, validateExactSignature]) {
    const check = (parts: readonly string[], given: string, token = authToken): boolean =>
      validate({ authTokens: [token], signature: given, ...requestOf(parts) })

    it(`is refused by ${validate.name} with one bit changed anywhere`, () => {
      assert.equal(check(genuine, signature), true)
      const parts = [...genuine, signature]
      fc.assert(
        fc.property(fc.nat(parts.length - 1), fc.nat(99), fc.nat(7), (index, position, bit) => {
          const part = parts[index] ?? ''
          const at = position % part.length
          const flipped = String.fromCharCode(part.charCodeAt(at) ^ (1 << bit))
          const changed = parts.with(index, part.slice(0, at) + flipped + part.slice(at + 1))
          assert.equal(check(changed, changed.at(-1) ?? ''), false)
        }),
        { numRuns: 2000 },
      )
    })

    it(`is refused by ${validate.name} with any other token or signature`, () => {
      const base64 = fc.base64String({ minLength: 28, maxLength: 28 })
      fc.assert(
        fc.property(fc.string(), base64, (token, other) => {
          fc.pre(token !== authToken && other !== signature)
          assert.equal(check(genuine, signature, token), false)
          assert.equal(check(genuine, other), false)
        }),
        { numRuns: 1000 },
      )
    })
  }
})
