import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { answerJson, errorJson, messageSid, startStub } from '../test/stub-server.ts'
import { TwilioError, TwilioReplyError } from './index.ts'

const sms = { to: '+14155550100', from: '+15005550006', body: 'Hello' }

async function refusalOf(asked: Promise<unknown>): Promise<TwilioReplyError> {
  const error = await asked.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof TwilioReplyError, String(error))
  assert.ok(error instanceof TwilioError)
  return error
}

describe('TwilioReplyError', () => {
  it('tells code, category and rule, and keeps Twilio’s own words apart', async (t) => {
    const requestId = `RQ${'5'.repeat(32)}`
    const stub = await startStub(t, (_request, { response }) =>
      answerJson(response, 400, errorJson(21211, 400), { 'twilio-request-id': requestId }),
    )
    const error = await refusalOf(stub.client.sendSms(sms))
    assert.equal(error.name, 'TwilioReplyError')
    assert.deepEqual(
      [error.httpStatus, error.code, error.category, error.retry, error.retryable, error.requestId],
      [400, 21211, 'recipient', 'never', false, requestId],
    )
    assert.equal(
      error.message,
      'Twilio answered 400, code 21211: The To number is not a valid phone number.',
    )
    assert.match(error.detail ?? '', /\+14155550100/)
  })

  const cases: Array<[status: number, code: number | undefined, create: string, read: string]> = [
    [400, 21610, 'never', 'never'],
    [400, 99999, 'never', 'never'],
    [401, 20003, 'after-fix', 'after-fix'],
    [403, undefined, 'after-fix', 'after-fix'],
    [404, 20404, 'never', 'never'],
    [409, 20009, 'delayed', 'delayed'],
    [429, 20429, 'backoff', 'backoff'],
    [429, 21611, 'delayed', 'delayed'],
    [429, undefined, 'backoff', 'backoff'],
    [500, 20500, 'reconcile', 'backoff'],
    [502, undefined, 'reconcile', 'backoff'],
    // The table says backoff for maintenance; after a create the status decides.
    [503, 21730, 'reconcile', 'backoff'],
    [503, 21211, 'reconcile', 'backoff'],
  ]
  for (const [status, code, create, read] of cases) {
    it(`says ${create} to a create and ${read} to a read after ${status} ${code ?? ''}`, async (t) => {
      const stub = await startStub(t, (_request, { response }) => {
        if (code === undefined)
          response.writeHead(status, { 'content-type': 'text/html' }).end('<p>')
        else answerJson(response, status, errorJson(code, status))
      })
      const created = await refusalOf(stub.client.sendSms(sms))
      const fetched = await refusalOf(stub.client.fetchMessage(messageSid))
      assert.deepEqual([created.retry, fetched.retry], [create, read])
      assert.equal(created.code, code)
      assert.equal(created.retryable, create === 'backoff' || create === 'delayed')
    })
  }

  const now = Date.parse('2026-11-22T12:00:00Z')
  const waits: Array<[name: string, headers: Record<string, string>, seconds: number | undefined]> =
    [
      ['seconds', { 'retry-after': '7' }, 7],
      [
        'a date, from the answer’s own',
        { 'retry-after': 'Sun, 22 Nov 2026 13:00:30 GMT', date: 'Sun, 22 Nov 2026 13:00:00 GMT' },
        30,
      ],
      [
        'a date in the past',
        { 'retry-after': 'Sun, 22 Nov 2026 12:00:00 GMT', date: 'Sun, 22 Nov 2026 13:00:00 GMT' },
        0,
      ],
      [
        'a date, from our clock',
        { 'retry-after': 'Sun, 22 Nov 2026 12:01:00 GMT', date: 'today' },
        60,
      ],
      ['nonsense', { 'retry-after': 'soon' }, undefined],
      ['a negative number', { 'retry-after': '-5' }, undefined],
      ['nothing', {}, undefined],
    ]
  for (const [name, headers, seconds] of waits) {
    it(`reads a Retry-After of ${name}`, async (t) => {
      const stub = await startStub(
        t,
        (_request, { response }) => answerJson(response, 429, errorJson(20429, 429), headers),
        { now: () => now },
      )
      assert.equal((await refusalOf(stub.client.sendSms(sms))).retryAfterSeconds, seconds)
    })
  }
})
