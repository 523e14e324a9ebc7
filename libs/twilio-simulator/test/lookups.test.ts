import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { call, openDesk, openSdk, phone } from './desk.ts'

describe('lookups', () => {
  it('say what a number is, without packages nobody asked for', async (t) => {
    const { simulator } = openDesk(t)
    const { lookups } = await openSdk(simulator)
    const found = await lookups.v2.phoneNumbers(phone).fetch()
    assert.deepEqual(
      [found.valid, found.countryCode, found.callingCountryCode, found.nationalFormat],
      [true, 'US', '1', '(415) 555-0100'],
    )
    assert.equal(found.validationErrors, null)
    assert.equal(found.lineTypeIntelligence, null)
  })

  it('answer 200 for bad numbers too, and say why', async (t) => {
    const { simulator } = openDesk(t)
    const bad = {
      '+141555501': 'TOO_SHORT',
      '+141555501001': 'TOO_LONG',
      hello: 'NOT_A_NUMBER',
      '+999123456789': 'INVALID_COUNTRY_CODE',
    }
    for (const [number, error] of Object.entries(bad)) {
      const { status, body } = await call(
        simulator,
        `/v2/PhoneNumbers/${encodeURIComponent(number)}`,
      )
      assert.deepEqual([status, body['valid'], body['validation_errors']], [200, false, [error]])
    }
  })

  it('read national numbers with a country', async (t) => {
    const { simulator } = openDesk(t)
    const national = await call(simulator, '/v2/PhoneNumbers/0151%2012345678?CountryCode=DE')
    assert.equal(national.body['phone_number'], '+4915112345678')
  })

  it('tell line type and risk by the last two digits', async (t) => {
    const { simulator } = openDesk(t)
    const { lookups } = await openSdk(simulator)
    const fields = 'line_type_intelligence,sms_pumping_risk'
    const plain = await lookups.v2.phoneNumbers(phone).fetch({ fields })
    assert.equal(plain.lineTypeIntelligence?.type, 'mobile')
    assert.equal(plain.smsPumpingRisk?.smsPumpingRiskScore, 5)
    const landline = await lookups.v2.phoneNumbers('+14155550190').fetch({ fields })
    assert.equal(landline.lineTypeIntelligence?.type, 'landline')
    const risky = await lookups.v2.phoneNumbers('+14155550199').fetch({ fields })
    assert.equal(risky.smsPumpingRisk?.carrierRiskCategory, 'high')
  })
})
