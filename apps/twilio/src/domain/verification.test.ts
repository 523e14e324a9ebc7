import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  carrierDeadline,
  chooseBackend,
  endingOf,
  hasChannel,
  hasCodeShape,
  isPurpose,
  type Verification,
} from './verification.ts'

const pending: Verification = {
  id: 'v',
  toPhone: '+14155552671',
  purpose: 'verify',
  channel: 'sms',
  locale: undefined,
  backend: 'own-codes',
  status: 'pending',
  providerSid: undefined,
  secretId: 's',
  clientKey: undefined,
  sends: 1,
  attempts: 0,
  lastSentAt: 0,
  expiresAt: 600_000,
  endedAt: undefined,
  createdAt: 0,
}

describe('endingOf', () => {
  it('takes guesses until the deadline and no longer', () => {
    assert.equal(endingOf(pending, 599_999, 5), undefined)
    assert.equal(endingOf(pending, 600_000, 5), 'expired')
  })

  it('does not let a code live on when the clock is set back', () => {
    const born = { ...pending, createdAt: 86_400_000, expiresAt: 87_000_000 }
    assert.equal(endingOf(born, 86_400_000 - 60_000, 5), undefined)
    assert.equal(endingOf(born, 86_400_000 - 60_001, 5), 'expired')
  })

  it('takes as many guesses as allowed', () => {
    assert.equal(endingOf({ ...pending, attempts: 4 }, 0, 5), undefined)
    assert.equal(endingOf({ ...pending, attempts: 5 }, 0, 5), 'too-many-attempts')
    assert.equal(endingOf({ ...pending, attempts: 5 }, 600_000, 5), 'expired')
  })

  it('remembers how it ended', () => {
    assert.equal(endingOf({ ...pending, status: 'approved' }, 900_000, 5), 'already-used')
    assert.equal(endingOf({ ...pending, status: 'canceled' }, 900_000, 5), 'canceled')
    assert.equal(endingOf({ ...pending, status: 'expired' }, 0, 5), 'expired')
  })
})

describe('chooseBackend', () => {
  const none = { twilio: {}, verification: { secrets: [] } }
  const service = { verifyServiceSid: 'VA' }

  it('takes the one that is named', () => {
    const verification = { backend: 'own-codes' as const, secrets: ['s'] }
    assert.equal(chooseBackend({ twilio: service, verification }), 'own-codes')
  })

  it('takes what the settings can do, Twilio Verify first', () => {
    assert.equal(
      chooseBackend({ twilio: service, verification: { secrets: ['s'] } }),
      'twilio-verify',
    )
    assert.equal(chooseBackend({ twilio: {}, verification: { secrets: ['s'] } }), 'own-codes')
    assert.equal(chooseBackend(none), undefined)
  })
})

describe('carrierDeadline', () => {
  it('is never later than ours, nor than ten minutes from the first start', () => {
    assert.equal(carrierDeadline(pending, 0), 600_000)
    assert.equal(carrierDeadline(pending, -60_000), 540_000)
    assert.equal(carrierDeadline({ ...pending, expiresAt: 120_000 }, 500), 120_000)
  })
})

describe('hasChannel', () => {
  it('sends own codes by text only', () => {
    assert.ok(hasChannel('own-codes', 'sms'))
    assert.ok(!hasChannel('own-codes', 'call'))
    assert.ok(hasChannel('twilio-verify', 'whatsapp'))
  })
})

describe('hasCodeShape', () => {
  it('wants 4 to 10 ASCII digits', () => {
    for (const text of ['0000', '012345', '0123456789']) assert.ok(hasCodeShape(text))
    for (const text of [
      '',
      '123',
      '12345678901',
      '12345a',
      ' 123456',
      '１２３４５６',
      '123456\n',
    ]) {
      assert.ok(!hasCodeShape(text))
    }
  })
})

describe('isPurpose', () => {
  it('wants 1 to 32 lower-case letters, digits and hyphens', () => {
    for (const text of ['verify', 'sign-in-2', 'x'.repeat(32)]) assert.ok(isPurpose(text))
    for (const text of ['', 'X', 'a b', 'x'.repeat(33), 'a|b']) assert.ok(!isPurpose(text))
  })
})
