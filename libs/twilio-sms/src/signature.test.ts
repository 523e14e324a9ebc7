import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import sdk from '../test/vectors/sdk-signatures.json' with { type: 'json' }
import computed from '../test/vectors/signatures.json' with { type: 'json' }
import { hashBody, signRequest, validateExactSignature, validateSignature } from './index.ts'
import type { SignedContent, SignedRequest } from './index.ts'

const authToken = '12345'
const url = 'https://app.example.com/webhooks/sms/twilio/?id=7'
const params = [
  ['MessageSid', `SM${'1'.repeat(32)}`],
  ['MessageStatus', 'delivered'],
] as const
const signature = signRequest({ authToken, url, params })
const good: SignedRequest = { authTokens: [authToken], url, params, signature }

describe('validateSignature', () => {
  for (const vector of computed.vectors) {
    it(`${vector.valid ? 'accepts' : 'refuses'} ${vector.id}: ${vector.note}`, () => {
      const content: SignedContent =
        vector.kind === 'json'
          ? { rawBody: vector.body }
          : { params: new URLSearchParams(vector.body) }
      const { authToken, url, signature, valid } = vector
      const request = { authTokens: [authToken], url, signature, ...content }
      assert.equal(validateSignature(request), valid)
      // The strict one accepts what was signed for this very URL, and nothing else.
      assert.equal(validateExactSignature(request), valid && vector.signedUrl === undefined)
    })
  }

  for (const vector of sdk.vectors) {
    it(`${vector.valid ? 'accepts' : 'refuses'} what Twilio’s libraries do: ${vector.note}`, () => {
      const { url, signature, valid } = vector
      const pairs = (vector.params ?? []).map(([name = '', value = '']) => [name, value] as const)
      const content: SignedContent =
        vector.rawBody === undefined ? { params: pairs } : { rawBody: vector.rawBody }
      const request = { authTokens: [sdk.authToken], url, signature, ...content }
      assert.equal(validateSignature(request), valid)
    })
  }

  it('knows the standard ports in both directions, and no others', () => {
    const at = (spelling: string): boolean => validateSignature({ ...good, url: spelling })
    assert.ok(at(url.replace('.com/', '.com:443/')))
    assert.ok(at(url.replace('.com/', '.com:8443/')), 'a port that Twilio dropped')
    assert.ok(!at(url.replace('https', 'http')))
    const kept = signRequest({ authToken, url: url.replace('.com/', '.com:8443/'), params })
    assert.ok(!validateSignature({ ...good, signature: kept }), 'a port that we lost')
  })
})

describe('validateExactSignature', () => {
  it('tries ports only when asked', () => {
    const withPort = { ...good, url: url.replace('.com/', '.com:443/') }
    assert.equal(validateExactSignature(withPort), false)
    assert.equal(validateExactSignature({ ...withPort, portVariants: true }), true)
  })

  it('refuses every other spelling of the URL', () => {
    const spellings = [
      url.replace('id=7', 'id=%37'),
      url.replace('app.', 'APP.'),
      url.replace('/?', '?'),
      `${url}#rc=5`,
      `${url}&`,
      '',
      '/webhooks/sms/twilio/?id=7',
    ]
    for (const spelling of spellings) {
      assert.equal(validateExactSignature({ ...good, url: spelling }), false, spelling)
    }
  })
})

for (const validate of [validateSignature, validateExactSignature]) {
  describe(`${validate.name}, like its sister,`, () => {
    it('accepts any token in force, and none that is retired', () => {
      assert.equal(validate({ ...good, authTokens: ['other', authToken] }), true)
      assert.equal(validate({ ...good, authTokens: [authToken, 'other'] }), true)
      assert.equal(validate({ ...good, authTokens: ['other'] }), false)
      assert.equal(validate({ ...good, authTokens: [] }), false)
    })

    it('does not take an empty token for a token', () => {
      const forged = signRequest({ authToken: '', url, params })
      assert.equal(validate({ ...good, authTokens: ['', authToken], signature: forged }), false)
    })

    it('checks the bytes of a JSON body', () => {
      const body = Buffer.from([0x7b, 0xff, 0x7d])
      const bodyUrl = `${url}&bodySHA256=${hashBody(body)}`
      const signed = signRequest({ authToken, url: bodyUrl })
      const check = (rawBody: string | Uint8Array): boolean =>
        validate({ authTokens: [authToken], url: bodyUrl, rawBody, signature: signed })
      assert.equal(hashBody(body), createHash('sha256').update(body).digest('hex'))
      assert.equal(check(body), true)
      assert.equal(check(body.toString('utf8')), false)
      assert.equal(check(''), false)
    })

    it('refuses without a throw what is no signature, no URL and no form', () => {
      const hostile: unknown[] = [
        undefined,
        null,
        '',
        'x',
        42,
        {},
        [signature],
        `${signature} `,
        ` ${signature}`,
        `${signature}, ${signature}`,
        signature.slice(0, -1),
        signature.replaceAll('=', '\u2550'),
        'A'.repeat(1_000_000),
        '\0',
        '\ud800',
      ]
      for (const value of hostile) {
        assert.equal(validate({ ...good, signature: value } as SignedRequest), false)
        assert.equal(validate({ ...good, url: value } as SignedRequest), false)
        assert.equal(validate({ ...good, params: value } as unknown as SignedRequest), false)
        const bodyUrl = `${url}&bodySHA256=${hashBody('x')}`
        const json: unknown = { ...good, rawBody: value === 'x' ? 'y' : value, url: bodyUrl }
        assert.equal(validate(json as SignedRequest), false)
      }
    })
  })
}
