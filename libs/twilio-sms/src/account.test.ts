import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { accountSid, answerJson, serviceSid, startStub } from '../test/stub-server.ts'
import { TwilioConfigError, TwilioNoReplyError } from './index.ts'

const poolSid = `MG${'5'.repeat(32)}`
const primary = 'f'.repeat(32)

// The official examples, all that is read of them.
// https://www.twilio.com/docs/iam/api/account https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource
const accountJson = {
  auth_token: primary,
  friendly_name: 'Shop',
  owner_account_sid: accountSid,
  sid: accountSid,
  status: 'active',
  type: 'Full',
}
const numberJson = (phone: string) => ({
  sid: `PN${'6'.repeat(32)}`,
  phone_number: phone,
  capabilities: { voice: true, sms: true, mms: false, fax: false },
})

describe('fetchAccount', () => {
  it('tells state, kind and whether a token signs, and keeps the token to itself', async (t) => {
    const stub = await startStub(t, (_request, { response }) =>
      answerJson(response, 200, accountJson),
    )
    const account = await stub.client.fetchAccount()
    assert.equal(stub.requests[0]?.path, `/2010-04-01/Accounts/${accountSid}.json`)
    const { sid, friendlyName, status, type } = account
    assert.deepEqual([sid, friendlyName, status, type], [accountSid, 'Shop', 'active', 'full'])
    assert.deepEqual([account.signsWith(primary), account.signsWith('x')], [true, false])
    assert.ok(!inspect(account, { depth: 5, showHidden: true }).includes(primary))
    assert.ok(!JSON.stringify(account).includes(primary))
  })

  it('does not guess from a token that Twilio did not show', async (t) => {
    const stub = await startStub(t, (_request, { response }) =>
      answerJson(response, 200, { ...accountJson, auth_token: '****', status: 'asleep' }),
    )
    const account = await stub.client.fetchAccount()
    assert.deepEqual([account.signsWith(primary), account.status], [undefined, 'unknown'])
  })
})

describe('findNumber', () => {
  it('takes the number itself, not one that it is a part of', async (t) => {
    const stub = await startStub(t, (_request, { response }) =>
      answerJson(response, 200, {
        incoming_phone_numbers: [numberJson('+155500012345'), numberJson('+15550001234')],
      }),
    )
    assert.partialDeepStrictEqual(await stub.client.findNumber('+15550001234'), {
      phone: '+15550001234',
      canSms: true,
      canMms: false,
    })
    assert.equal(await stub.client.findNumber('+1555000'), undefined)
    assert.equal(
      stub.requests[0]?.path,
      `/2010-04-01/Accounts/${accountSid}/IncomingPhoneNumbers.json?PhoneNumber=%2B15550001234&PageSize=20`,
    )
  })

  it('fails on an answer without a list', async (t) => {
    const stub = await startStub(t, (_request, { response }) => answerJson(response, 200, {}))
    await assert.rejects(stub.client.findNumber('+15550001234'), TwilioNoReplyError)
  })
})

describe('services', () => {
  it('are read with their names, and senders of every kind are counted', async (t) => {
    const stub = await startStub(t, ({ path }, { response }) => {
      if (path.includes('PhoneNumbers')) answerJson(response, 200, { phone_numbers: [{}, {}] })
      else if (path.includes('ShortCodes')) answerJson(response, 200, { short_codes: [] })
      else if (path.includes('AlphaSenders')) answerJson(response, 200, { alpha_senders: [{}] })
      else answerJson(response, 200, { sid: poolSid, friendly_name: 'Pool', code_length: 6 })
    })
    assert.deepEqual(await stub.client.fetchMessagingService(poolSid), {
      sid: poolSid,
      friendlyName: 'Pool',
    })
    assert.equal(await stub.client.countSenders(poolSid), 3)
    assert.equal((await stub.client.fetchVerifyService()).codeLength, 6)
    assert.equal(stub.requests.at(-1)?.path, `/v2/Services/${serviceSid}`)
    await assert.rejects(stub.client.fetchMessagingService('MG1/../x'), TwilioConfigError)
  })
})
