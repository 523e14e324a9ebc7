import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import vectors from '../../test/vectors/refused-destinations.json' with { type: 'json' }
import { readSettings } from '../config.ts'
import { type DestinationRules, judgeDestination } from './destination.ts'
import { readPhone } from './phone.ts'

const { verification } = readSettings({
  twilio: {
    accountSid: `AC${'0'.repeat(32)}`,
    authToken: 'a'.repeat(32),
    defaultFrom: '+15005550006',
  },
  publicUrl: 'https://example.com',
})

function judge(text: string, rules: Partial<DestinationRules> = {}): string {
  const facts = readPhone(text)
  assert.ok(facts, `${text} is a number`)
  const verdict = judgeDestination(facts, { ...verification, countries: 'all', ...rules })
  return verdict.kind === 'allowed' ? 'allowed' : verdict.because
}

describe('judgeDestination', () => {
  for (const { phone, type } of vectors.refused) {
    it(`refuses ${phone} (${type}) even where every country is allowed`, () => {
      assert.equal(readPhone(phone)?.type, type)
      assert.equal(judge(phone), 'type')
    })
  }

  it('lets the phones of people through', () => {
    for (const phone of ['+46701234567', '+14155552671', '+33612345678', '+442071838750']) {
      assert.equal(judge(phone), 'allowed')
    }
  })

  it('allows no country that was not switched on', () => {
    assert.equal(judge('+46701234567', { countries: verification.countries }), 'country')
    assert.equal(judge('+46701234567', { countries: ['SE'] }), 'allowed')
    assert.equal(judge('+4790012345', { countries: ['SE'] }), 'country')
  })

  it('tells countries of one calling code apart', () => {
    assert.equal(judge('+16135550123', { countries: ['US'] }), 'country')
    assert.equal(judge('+16135550123', { countries: ['CA'] }), 'allowed')
  })

  it('gives global codes to no country', () => {
    const rules = { countries: ['US'], refusedTypes: [] }
    assert.equal(judge('+881612345678', rules), 'country')
    assert.equal(judge('+881612345678', { ...rules, countries: 'all' }), 'allowed')
  })
})
