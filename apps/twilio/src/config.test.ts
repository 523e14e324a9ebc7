import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { readSettings, type TwilioConfig, TwilioSettingsError } from './config.ts'

const good: TwilioConfig = {
  twilio: {
    accountSid: `AC${'0'.repeat(32)}`,
    authToken: 'token-that-must-not-show',
    defaultFrom: '+15005550006',
  },
  publicUrl: 'https://api.example.com/sms/',
  verification: { secrets: ['pepper-that-must-not-show-anywhere-at-all'] },
}

function problemsOf(config: unknown): string[] {
  try {
    readSettings(config)
  } catch (error) {
    assert.ok(error instanceof TwilioSettingsError)
    return error.problems.map((problem) => problem.setting)
  }
  return []
}

describe('readSettings', () => {
  it('fills in the defaults of the design', () => {
    const settings = readSettings(good)
    assert.equal(settings.publicUrl, 'https://api.example.com/sms')
    assert.deepEqual(settings.verification.countries, [])
    assert.equal(settings.verification.lifetimeSeconds, 600)
    assert.equal(settings.verification.maxAttempts, 5)
    assert.deepEqual(settings.throttles.codesPerPhone[0], { limit: 1, windowSeconds: 30 })
    assert.equal(settings.throttles.whenUnavailable.codes, 'closed')
    assert.equal(settings.delivery.settleAfterSeconds, 60)
  })

  it('names every wrong setting and shows no value', () => {
    const wrong = {
      ...good,
      twilio: { ...good.twilio, accountSid: 'AC-leaked-value', authTokn: 'x' },
      publicUrl: 'ftp://example.com',
      verification: { ...good.verification, lifetimeSeconds: 601 },
    }
    const settings = problemsOf(wrong)
    assert.ok(settings.includes('twilio.accountSid'))
    assert.ok(settings.includes('twilio'), 'the unknown field is noticed')
    assert.ok(settings.includes('publicUrl'))
    assert.ok(settings.includes('verification.lifetimeSeconds'), 'ten minutes at most')
    assert.throws(
      () => readSettings(wrong),
      (error: Error) =>
        error.message.includes('authTokn') && !error.message.includes('leaked-value'),
    )
  })

  it('names a credential that was copied with white space', () => {
    const apiKey = { sid: `SK${'0'.repeat(32)}`, secret: 'a secret with spaces' }
    const twilio = { ...good.twilio, authToken: `${good.twilio.authToken}\n`, apiKey }
    assert.deepEqual(problemsOf({ ...good, twilio }), ['twilio.authToken', 'twilio.apiKey.secret'])
  })

  it('names what no single setting can tell', () => {
    assert.deepEqual(problemsOf({ ...good, delivery: { leaseSeconds: 10 } }), [
      'delivery.leaseSeconds',
    ])
    assert.deepEqual(problemsOf({ ...good, twilio: { ...good.twilio, defaultFrom: undefined } }), [
      'twilio.defaultFrom',
    ])
    assert.deepEqual(
      problemsOf({ ...good, verification: { ...good.verification, backend: 'twilio-verify' } }),
      ['twilio.verifyServiceSid'],
    )
    const verifyServiceSid = `VA${'0'.repeat(32)}`
    const unsigned = { ...good, verification: {} }
    assert.deepEqual(problemsOf(unsigned), [], 'verification may be left out')
    assert.deepEqual(problemsOf({ ...unsigned, twilio: { ...good.twilio, verifyServiceSid } }), [
      'verification.secrets',
    ])
    assert.deepEqual(problemsOf({ ...unsigned, verification: { backend: 'own-codes' } }), [
      'verification.secrets',
    ])
    assert.deepEqual(problemsOf({ ...good, publicUrl: 'https://under_score.example.com' }), [
      'publicUrl',
    ])
  })

  it('refuses what is not an object at all', () => {
    for (const config of [undefined, null, 'x', 7, []]) assert.ok(problemsOf(config).length > 0)
  })

  it('prints no secret, however it is printed', () => {
    const settings = readSettings({
      ...good,
      twilio: {
        ...good.twilio,
        apiKey: { sid: `SK${'0'.repeat(32)}`, secret: 'key-that-must-not-show' },
      },
    })
    for (const text of [
      inspect(settings, { depth: 9, showHidden: true }),
      JSON.stringify(settings),
      String(settings.twilio.authToken),
    ]) {
      assert.doesNotMatch(text, /must-not-show/)
    }
    assert.equal(settings.twilio.authToken.reveal(), 'token-that-must-not-show')
  })
})
