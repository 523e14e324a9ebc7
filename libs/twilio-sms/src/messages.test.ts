import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  accountSid,
  answerJson,
  errorJson,
  messageJson,
  messageSid,
  startStub,
} from '../test/stub-server.ts'
import { TwilioConfigError, TwilioNoReplyError, TwilioReplyError } from './index.ts'
import type { Message } from './index.ts'

const path = `/2010-04-01/Accounts/${accountSid}/Messages`
const sms = { to: '+14155550100', from: '+15005550006', body: 'Hello' }

async function collect(messages: AsyncIterable<Message>): Promise<Message[]> {
  const all: Message[] = []
  for await (const message of messages) all.push(message)
  return all
}

describe('sendSms', () => {
  it('posts a form and returns the message', async (t) => {
    const stub = await startStub(t, (_request, { response }) =>
      answerJson(response, 201, messageJson),
    )
    assert.deepEqual(await stub.client.sendSms(sms), {
      sid: messageSid,
      accountSid,
      messagingServiceSid: undefined,
      status: 'queued',
      direction: 'outbound-api',
      to: '+14155550100',
      from: '+15005550006',
      body: 'Hello',
      segments: 1,
      media: 0,
      price: undefined,
      currency: undefined,
      errorCode: undefined,
      errorMessage: undefined,
      createdAt: new Date('2023-08-24T05:01:45Z'),
      updatedAt: new Date('2023-08-24T05:01:46Z'),
      sentAt: undefined,
    })
    const [request] = stub.requests
    assert.equal(request?.method, 'POST')
    assert.equal(request?.path, `${path}.json`)
    assert.equal(request?.headers['content-type'], 'application/x-www-form-urlencoded')
    assert.equal(request?.headers.accept, 'application/json')
    assert.deepEqual(
      [...(request?.form ?? [])],
      [
        ['To', '+14155550100'],
        ['From', '+15005550006'],
        ['Body', 'Hello'],
      ],
    )
  })

  it('writes every option as Twilio wants it', async (t) => {
    const stub = await startStub(t, (_request, { response }) =>
      answerJson(response, 201, messageJson),
    )
    await stub.client.sendSms({
      to: 'whatsapp:+14155550100',
      messagingServiceSid: `MG${'6'.repeat(32)}`,
      body: 'Olá & “hi” 😀\r\n',
      mediaUrls: ['https://example.com/a.png', 'https://example.com/b.png'],
      contentSid: `HX${'7'.repeat(32)}`,
      contentVariables: { 1: 'one' },
      statusCallback: 'https://example.com/cb/?id=1#rc=5&rp=all',
      validityPeriodSeconds: 300,
      sendAt: new Date('2026-11-23T10:00:00.900Z'),
      smartEncoded: false,
      shortenUrls: true,
      sendAsMms: true,
      provideFeedback: false,
      contentRetention: 'discard',
      addressRetention: 'obfuscate',
      riskCheck: 'disable',
      messageIntent: 'otp',
    })
    assert.deepEqual(
      [...(stub.requests[0]?.form ?? [])],
      [
        ['To', 'whatsapp:+14155550100'],
        ['MessagingServiceSid', `MG${'6'.repeat(32)}`],
        ['Body', 'Olá & “hi” 😀\r\n'],
        ['MediaUrl', 'https://example.com/a.png'],
        ['MediaUrl', 'https://example.com/b.png'],
        ['ContentSid', `HX${'7'.repeat(32)}`],
        ['ContentVariables', '{"1":"one"}'],
        ['StatusCallback', 'https://example.com/cb/?id=1#rc=5&rp=all'],
        ['ValidityPeriod', '300'],
        ['ScheduleType', 'fixed'],
        ['SendAt', '2026-11-23T10:00:00Z'],
        ['SmartEncoded', 'false'],
        ['ShortenUrls', 'true'],
        ['SendAsMms', 'true'],
        ['ProvideFeedback', 'false'],
        ['ContentRetention', 'discard'],
        ['AddressRetention', 'obfuscate'],
        ['RiskCheck', 'disable'],
        ['MessageIntent', 'otp'],
      ],
    )
  })

  it('sends nothing to no one, and nothing at an impossible time', async (t) => {
    const stub = await startStub(t, () => {})
    await assert.rejects(stub.client.sendSms({ ...sms, to: '' }), TwilioConfigError)
    const sendAt = new Date(Number.NaN)
    await assert.rejects(stub.client.sendSms({ ...sms, sendAt }), TwilioConfigError)
    assert.equal(stub.requests.length, 0)
  })
})

describe('fetchMessage', () => {
  it('reads price, error, service and words it does not know', async (t) => {
    const stub = await startStub(t, (_request, { response }) =>
      answerJson(response, 200, {
        ...messageJson,
        sid: `MM${'a'.repeat(32)}`,
        status: 'teleported',
        direction: 'sideways',
        price: '-0.00750',
        price_unit: 'usd',
        error_code: 30003,
        error_message: 'Unreachable',
        num_segments: '3',
        num_media: '2',
        messaging_service_sid: `MG${'6'.repeat(32)}`,
        date_sent: 'Thu, 24 Aug 2023 05:01:50 +0000',
        date_updated: 'yesterday',
      }),
    )
    const message = await stub.client.fetchMessage(`MM${'a'.repeat(32)}`)
    assert.equal(message.status, 'unknown')
    assert.equal(message.direction, 'unknown')
    assert.deepEqual([message.price, message.currency], ['0.00750', 'USD'])
    assert.deepEqual([message.errorCode, message.errorMessage], [30003, 'Unreachable'])
    assert.deepEqual([message.segments, message.media], [3, 2])
    assert.equal(message.messagingServiceSid, `MG${'6'.repeat(32)}`)
    assert.deepEqual(message.sentAt, new Date('2023-08-24T05:01:50Z'))
    assert.equal(message.updatedAt, undefined)
    assert.equal(stub.requests[0]?.path, `${path}/MM${'a'.repeat(32)}.json`)
  })

  it('asks for nothing but a message', async (t) => {
    const stub = await startStub(t, () => {})
    for (const sid of ['', 'SM1', `CA${'1'.repeat(32)}`, `${messageSid}/Media`, '../Calls']) {
      await assert.rejects(stub.client.fetchMessage(sid), TwilioConfigError)
    }
    assert.equal(stub.requests.length, 0)
  })
})

describe('cancelMessage, redactMessage, deleteMessage', () => {
  it('cancel by status, redact by an empty body', async (t) => {
    const stub = await startStub(t, (_request, { response }) =>
      answerJson(response, 200, { ...messageJson, status: 'canceled' }),
    )
    assert.equal((await stub.client.cancelMessage(messageSid)).status, 'canceled')
    await stub.client.redactMessage(messageSid)
    assert.deepEqual(
      stub.requests.map(({ method, path, form }) => [method, path, form.toString()]),
      [
        ['POST', `${path}/${messageSid}.json`, 'Status=canceled'],
        ['POST', `${path}/${messageSid}.json`, 'Body='],
      ],
    )
  })

  it('delete, and say so when Twilio does not', async (t) => {
    const stub = await startStub(t, (_request, { response, nth }) => {
      if (nth === 0) response.writeHead(204).end()
      else if (nth === 1) answerJson(response, 409, errorJson(20009, 409))
      else answerJson(response, 200, {})
    })
    await stub.client.deleteMessage(messageSid)
    assert.equal(stub.requests[0]?.method, 'DELETE')
    await assert.rejects(stub.client.deleteMessage(messageSid), TwilioReplyError)
    await assert.rejects(stub.client.deleteMessage(messageSid), TwilioNoReplyError)
  })
})

describe('listMessages', () => {
  const sids = Array.from({ length: 5 }, (_, i) => `SM${String(i).repeat(32)}`)
  const pageOf = (from: number, next: string | null): unknown => ({
    messages: sids.slice(from, from + 2).map((sid) => ({ ...messageJson, sid })),
    page: from / 2,
    page_size: 2,
    next_page_uri: next,
  })

  it('follows the pages to the end', async (t) => {
    const stub = await startStub(t, (_request, { response, nth }) =>
      answerJson(response, 200, pageOf(nth * 2, nth < 2 ? `${path}.json?Page=${nth + 1}` : null)),
    )
    const all = await collect(stub.client.listMessages())
    assert.deepEqual(
      all.map(({ sid }) => sid),
      sids,
    )
    assert.deepEqual(
      stub.requests.map((request) => request.path),
      [`${path}.json`, `${path}.json?Page=1`, `${path}.json?Page=2`],
    )
  })

  it('filters by number and time of sending', async (t) => {
    const stub = await startStub(t, (_request, { response }) =>
      answerJson(response, 200, pageOf(9, null)),
    )
    const filter = {
      to: '+14155550100',
      from: '+15005550006',
      sentAfter: new Date('2026-11-01T00:00:00.500Z'),
      sentBefore: new Date('2026-11-02T00:00:00Z'),
      pageSize: 100,
    }
    assert.deepEqual(await collect(stub.client.listMessages(filter)), [])
    assert.equal(
      stub.requests[0]?.path,
      `${path}.json?To=%2B14155550100&From=%2B15005550006` +
        '&DateSent%3E=2026-11-01T00%3A00%3A00Z&DateSent%3C=2026-11-02T00%3A00%3A00Z&PageSize=100',
    )
  })

  it('stops at the limit without asking for more', async (t) => {
    const stub = await startStub(t, (_request, { response }) =>
      answerJson(response, 200, pageOf(0, `${path}.json?Page=1`)),
    )
    assert.equal((await collect(stub.client.listMessages({ limit: 2 }))).length, 2)
    assert.equal((await collect(stub.client.listMessages({ limit: 1 }))).length, 1)
    assert.equal(stub.requests.length, 2)
    assert.match(stub.requests[0]?.path ?? '', /PageSize=2$/)
  })

  it('does not take its credentials to a page of another list, nor run in a circle', async (t) => {
    for (const next of [
      'https://elsewhere.example/2010-04-01/x',
      '//elsewhere.example/x',
      '/2010-04-01/Accounts.json?Page=1',
      `${path}.json?PageSize=2`,
    ]) {
      const stub = await startStub(t, (_request, { response }) =>
        answerJson(response, 200, pageOf(0, next)),
      )
      await assert.rejects(collect(stub.client.listMessages({ pageSize: 2 })), TwilioNoReplyError)
      assert.equal(stub.requests.length, 1)
    }
  })

  it('fails on an answer that is no list', async (t) => {
    const stub = await startStub(t, (_request, { response }) => answerJson(response, 200, {}))
    await assert.rejects(collect(stub.client.listMessages()), TwilioNoReplyError)
  })
})
