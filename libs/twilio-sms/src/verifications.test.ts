import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  accountSid,
  answerJson,
  errorJson,
  serviceSid,
  startStub,
  verificationSid,
} from '../test/stub-server.ts'
import { TwilioConfigError, TwilioNoReplyError, TwilioReplyError } from './index.ts'

const root = `/v2/Services/${serviceSid}`

// The official example of https://www.twilio.com/docs/verify/api/verification, all keys.
const verificationJson = {
  sid: verificationSid,
  service_sid: serviceSid,
  account_sid: accountSid,
  to: '+15017122661',
  channel: 'sms',
  status: 'pending',
  valid: false,
  date_created: '2015-07-30T20:00:00Z',
  date_updated: '2015-07-30T20:00:01Z',
  lookup: {},
  amount: null,
  payee: null,
  send_code_attempts: [
    { time: '2015-07-30T20:00:00Z', channel: 'SMS', attempt_sid: `VL${'8'.repeat(32)}` },
    { time: '2015-07-30T20:00:30Z', channel: 'whatsapp', attempt_sid: `VL${'9'.repeat(32)}` },
  ],
  sna: null,
  url: `https://verify.twilio.com${root}/Verifications/${verificationSid}`,
}

const verification = {
  sid: verificationSid,
  serviceSid,
  accountSid,
  to: '+15017122661',
  channel: 'sms',
  status: 'pending',
  sends: [
    { sid: `VL${'8'.repeat(32)}`, channel: 'sms', at: new Date('2015-07-30T20:00:00Z') },
    { sid: `VL${'9'.repeat(32)}`, channel: 'whatsapp', at: new Date('2015-07-30T20:00:30Z') },
  ],
  createdAt: new Date('2015-07-30T20:00:00Z'),
  updatedAt: new Date('2015-07-30T20:00:01Z'),
}

describe('sendToken', () => {
  it('starts a verification and returns it', async (t) => {
    const stub = await startStub(t, (_request, { response }) =>
      answerJson(response, 201, verificationJson),
    )
    const started = await stub.client.sendToken({ to: '+15017122661', channel: 'sms' })
    assert.deepEqual(started, verification)
    assert.equal(stub.requests[0]?.path, `${root}/Verifications`)
    assert.equal(stub.requests[0]?.form.toString(), 'To=%2B15017122661&Channel=sms')
  })

  it('writes every option as Twilio wants it', async (t) => {
    const stub = await startStub(t, (_request, { response }) =>
      answerJson(response, 201, verificationJson),
    )
    const other = `VA${'b'.repeat(32)}`
    await stub.client.sendToken({
      to: '+15017122661',
      channel: 'auto',
      locale: 'pt-BR',
      customCode: '012345',
      customFriendlyName: 'Shop',
      sendDigits: 'ww1',
      appHash: 'AAAAAAAAAAA',
      templateSid: `HJ${'c'.repeat(32)}`,
      templateSubstitutions: { name: 'Ann' },
      channelConfiguration: { substitutions: { a: 1 } },
      rateLimits: { address: '192.0.2.1' },
      tags: { tenant: '1' },
      amount: '39.99',
      payee: 'Shop',
      deviceIp: '192.0.2.1',
      riskCheck: 'disable',
      serviceSid: other,
    })
    assert.equal(stub.requests[0]?.path, `/v2/Services/${other}/Verifications`)
    assert.deepEqual(Object.fromEntries(stub.requests[0]?.form ?? []), {
      To: '+15017122661',
      Channel: 'auto',
      Locale: 'pt-BR',
      CustomCode: '012345',
      CustomFriendlyName: 'Shop',
      SendDigits: 'ww1',
      AppHash: 'AAAAAAAAAAA',
      TemplateSid: `HJ${'c'.repeat(32)}`,
      TemplateCustomSubstitutions: '{"name":"Ann"}',
      ChannelConfiguration: '{"substitutions":{"a":1}}',
      RateLimits: '{"address":"192.0.2.1"}',
      Tags: '{"tenant":"1"}',
      Amount: '39.99',
      Payee: 'Shop',
      DeviceIp: '192.0.2.1',
      RiskCheck: 'disable',
    })
  })

  it('needs a service', async (t) => {
    const stub = await startStub(t, () => {}, { verifyServiceSid: undefined })
    const input = { to: '+15017122661', channel: 'sms' } as const
    await assert.rejects(stub.client.sendToken(input), TwilioConfigError)
    await assert.rejects(
      stub.client.sendToken({ ...input, serviceSid: 'VA/..' }),
      TwilioConfigError,
    )
    assert.equal(stub.requests.length, 0)
  })

  it('leaves a send whose answer has no SID in doubt', async (t) => {
    const stub = await startStub(t, (_request, { response }) => answerJson(response, 201, {}))
    await assert.rejects(
      stub.client.sendToken({ to: '+15017122661', channel: 'sms' }),
      (error) => error instanceof TwilioNoReplyError && error.sent === 'maybe',
    )
  })
})

describe('verifyToken', () => {
  const checks: Array<[status: unknown, valid: unknown, expected: boolean]> = [
    ['approved', true, true],
    ['pending', false, false],
    ['approved', false, false],
    ['pending', true, false],
    ['approved', 'true', false],
    ['approved', null, false],
    [null, true, false],
  ]
  for (const [status, valid, expected] of checks) {
    it(`is ${expected ? 'good' : 'not good'} for ${JSON.stringify({ status, valid })}`, async (t) => {
      const stub = await startStub(t, (_request, { response }) =>
        answerJson(response, 201, { ...verificationJson, status, valid }),
      )
      const check = await stub.client.verifyToken({ to: '+15017122661' }, '123456')
      assert.equal(check.valid, expected)
      assert.deepEqual(check.createdAt, new Date('2015-07-30T20:00:00Z'))
      assert.equal(check.sid, verificationSid)
    })
  }

  it('checks by number or by verification', async (t) => {
    const stub = await startStub(t, (_request, { response }) =>
      answerJson(response, 200, verificationJson),
    )
    await stub.client.verifyToken({ to: '+15017122661' }, '012345')
    await stub.client.verifyToken({ verificationSid }, '012345')
    assert.deepEqual(
      stub.requests.map(({ path, form }) => [path, form.toString()]),
      [
        [`${root}/VerificationCheck`, 'To=%2B15017122661&Code=012345'],
        [`${root}/VerificationCheck`, `VerificationSid=${verificationSid}&Code=012345`],
      ],
    )
  })

  it('throws what Twilio says of a finished verification and of too many checks', async (t) => {
    const stub = await startStub(t, (_request, { response, nth }) =>
      nth === 0
        ? answerJson(response, 404, errorJson(20404, 404))
        : answerJson(response, 429, errorJson(60202, 429)),
    )
    const check = (): Promise<unknown> => stub.client.verifyToken({ verificationSid }, '1')
    await assert.rejects(check, (e) => e instanceof TwilioReplyError && e.category === 'not-found')
    await assert.rejects(check, (e) => e instanceof TwilioReplyError && e.code === 60202)
  })
})

describe('fetchVerification, cancelVerification, approveVerification', () => {
  it('name a verification by SID, number or address', async (t) => {
    const stub = await startStub(t, (_request, { response }) =>
      answerJson(response, 200, verificationJson),
    )
    assert.deepEqual(await stub.client.fetchVerification({ verificationSid }), verification)
    await stub.client.cancelVerification({ to: '+15017122661' })
    await stub.client.approveVerification({ to: 'a/b?@example.com' })
    assert.deepEqual(
      stub.requests.map(({ method, path, form }) => [method, path, form.toString()]),
      [
        ['GET', `${root}/Verifications/${verificationSid}`, ''],
        ['POST', `${root}/Verifications/+15017122661`, 'Status=canceled'],
        ['POST', `${root}/Verifications/a%2Fb%3F%40example.com`, 'Status=approved'],
      ],
    )
  })

  it('do not climb to another resource', async (t) => {
    const stub = await startStub(t, () => {})
    for (const to of ['', '.', '..']) {
      await assert.rejects(stub.client.cancelVerification({ to }), TwilioConfigError)
    }
    const target = { verificationSid: `${verificationSid}/..` }
    await assert.rejects(stub.client.cancelVerification(target), TwilioConfigError)
    assert.equal(stub.requests.length, 0)
  })
})
