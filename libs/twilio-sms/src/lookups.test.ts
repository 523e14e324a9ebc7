import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { answerJson, startStub } from '../test/stub-server.ts'
import { TwilioNoReplyError } from './index.ts'

// The official examples of https://www.twilio.com/docs/lookup/v2-api, all keys.
const numberJson = {
  calling_country_code: '1',
  country_code: 'US',
  phone_number: '+14159929960',
  national_format: '(415) 992-9960',
  valid: true,
  validation_errors: null,
  caller_name: null,
  sim_swap: null,
  call_forwarding: null,
  line_status: null,
  line_type_intelligence: null,
  identity_match: null,
  reassigned_number: null,
  sms_pumping_risk: null,
  phone_number_quality_score: null,
  pre_fill: null,
  url: 'https://lookups.twilio.com/v2/PhoneNumbers/+14159929960',
}

const lineJson = {
  error_code: null,
  mobile_country_code: '240',
  mobile_network_code: '38',
  carrier_name: 'Twilio - SMS/MMS-SVR',
  type: 'nonFixedVoip',
}

describe('lookUpNumber', () => {
  it('asks for nothing that costs, unless told to', async (t) => {
    const stub = await startStub(t, (_request, { response }) =>
      answerJson(response, 200, numberJson),
    )
    assert.deepEqual(await stub.client.lookUpNumber('+14159929960'), {
      valid: true,
      phone: '+14159929960',
      validationErrors: [],
      countryCode: 'US',
      callingCountryCode: '1',
      nationalFormat: '(415) 992-9960',
      line: undefined,
      pumpingRisk: undefined,
    })
    await stub.client.lookUpNumber('(415) 992/9960', {
      fields: ['line-type', 'pumping-risk'],
      countryCode: 'US',
    })
    assert.deepEqual(
      stub.requests.map(({ path }) => path),
      [
        '/v2/PhoneNumbers/+14159929960',
        '/v2/PhoneNumbers/(415)%20992%2F9960' +
          '?Fields=line_type_intelligence%2Csms_pumping_risk&CountryCode=US',
      ],
    )
  })

  it('tells line and pumping risk in our words', async (t) => {
    const stub = await startStub(t, (_request, { response }) =>
      answerJson(response, 200, {
        ...numberJson,
        validation_errors: [],
        line_type_intelligence: lineJson,
        sms_pumping_risk: {
          carrier_risk_category: 'moderate',
          number_blocked: true,
          number_blocked_date: '2026-01-02T03:04:05Z',
          number_blocked_last_3_months: null,
          sms_pumping_risk_score: 61,
          error_code: 60606,
        },
      }),
    )
    const found = await stub.client.lookUpNumber('+14159929960', {
      fields: ['line-type', 'pumping-risk'],
    })
    assert.deepEqual(found.line, {
      type: 'non-fixed-voip',
      carrierName: 'Twilio - SMS/MMS-SVR',
      mobileCountryCode: '240',
      mobileNetworkCode: '38',
      errorCode: undefined,
    })
    assert.deepEqual(found.pumpingRisk, {
      score: 61,
      carrierRisk: 'moderate',
      blocked: true,
      blockedAt: new Date('2026-01-02T03:04:05Z'),
      blockedLastThreeMonths: undefined,
      errorCode: 60606,
    })
  })

  const types = [
    ['tollFree', 'toll-free'],
    ['sharedCost', 'shared-cost'],
    ['fixedVoip', 'fixed-voip'],
    ['mobile', 'mobile'],
    ['carrierPigeon', 'unknown'],
    [null, 'unknown'],
  ] as const
  for (const [theirs, ours] of types) {
    it(`calls ${theirs} ${ours}`, async (t) => {
      const stub = await startStub(t, (_request, { response }) =>
        answerJson(response, 200, {
          ...numberJson,
          line_type_intelligence: { ...lineJson, type: theirs },
        }),
      )
      assert.equal((await stub.client.lookUpNumber('+1')).line?.type, ours)
    })
  }

  it('does not take a bad number for an error', async (t) => {
    const stub = await startStub(t, (_request, { response }) =>
      answerJson(response, 200, {
        ...numberJson,
        phone_number: null,
        country_code: null,
        valid: false,
        validation_errors: ['TOO_LONG'],
      }),
    )
    const { valid, phone, validationErrors } = await stub.client.lookUpNumber('+141599299600')
    assert.deepEqual(
      { valid, phone, validationErrors },
      { valid: false, phone: '+141599299600', validationErrors: ['TOO_LONG'] },
    )
  })

  it('fails on an answer without a verdict', async (t) => {
    const stub = await startStub(t, (_request, { response }) => answerJson(response, 200, {}))
    await assert.rejects(stub.client.lookUpNumber('+14159929960'), TwilioNoReplyError)
  })
})
