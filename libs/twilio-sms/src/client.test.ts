import assert from 'node:assert/strict'
import { Buffer } from 'node:buffer'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import {
  accountSid,
  answerJson,
  authToken,
  errorJson,
  messageJson,
  messageSid,
  startStub,
  validOptions,
} from '../test/stub-server.ts'
import { createTwilioClient, TwilioConfigError, TwilioError, TwilioNoReplyError } from './index.ts'
import type { Transport, TransportRequest, TwilioClientOptions } from './index.ts'

const sms = { to: '+14155550100', from: '+15005550006', body: 'the secret text' }

function basic(pair: string): string {
  return `Basic ${Buffer.from(pair).toString('base64')}`
}

/** Everything a log could print of a value. */
function prints(value: unknown): string {
  return [
    inspect(value, { depth: 20, showHidden: true }),
    inspect(value, { depth: 20 }),
    JSON.stringify(value),
    String(value),
  ].join('\n')
}

/** A transport that keeps what it is given and answers with a message. */
function recordingTransport(): { transport: Transport; sent: TransportRequest[] } {
  const sent: TransportRequest[] = []
  const transport: Transport = {
    send: async (request) => {
      sent.push(request)
      return { status: 200, headers: {}, body: JSON.stringify(messageJson) }
    },
    close: async () => {},
  }
  return { transport, sent }
}

describe('createTwilioClient', () => {
  const wrong: Array<
    [option: string, options: Partial<Record<keyof TwilioClientOptions, unknown>>]
  > = [
    ['accountSid', { accountSid: undefined }],
    ['accountSid', { accountSid: 'AC12' }],
    ['accountSid', { accountSid: `${accountSid}/../x` }],
    ['credentials', { credentials: undefined }],
    ['credentials', { credentials: { kind: 'password' } }],
    ['credentials.authToken', { credentials: { kind: 'auth-token', authToken: '' } }],
    ['credentials.authToken', { credentials: { kind: 'auth-token', authToken: 'token\n' } }],
    ['credentials.sid', { credentials: { kind: 'api-key', sid: accountSid, secret: 'x' } }],
    ['credentials.secret', { credentials: { kind: 'api-key', sid: `SK${'1'.repeat(32)}` } }],
    ['verifyServiceSid', { verifyServiceSid: 'VA' }],
    ['baseUrl', { baseUrl: 'api.twilio.com' }],
    ['baseUrl', { baseUrl: 'ftp://example.com' }],
    ['baseUrl', { baseUrl: 'https://user:word@example.com' }],
    ['baseUrl', { baseUrl: 'https://example.com/path' }],
    ['baseUrl', { baseUrl: 'https://example.com/?' }],
    ['baseUrls.verify', { baseUrls: { verify: '' } }],
    ['connectTimeoutMs', { connectTimeoutMs: 0 }],
    ['responseTimeoutMs', { responseTimeoutMs: Number.NaN }],
    ['connections', { connections: 1.5 }],
  ]
  for (const [option, options] of wrong) {
    it(`refuses ${inspect(options, { breakLength: Infinity })} and names the option`, () => {
      const all = { ...validOptions, ...options } as TwilioClientOptions
      assert.throws(
        () => createTwilioClient(all),
        (error) => error instanceof TwilioConfigError && error.option === option,
      )
    })
  }

  it('asks the official hosts unless told otherwise', async () => {
    const { transport, sent } = recordingTransport()
    const client = createTwilioClient({ ...validOptions, transport })
    await client.fetchMessage(messageSid)
    await client.fetchVerification({ to: '+14155550100' }).catch(() => {})
    await client.lookUpNumber('+14155550100').catch(() => {})
    assert.deepEqual(
      sent.map(({ origin }) => origin),
      ['https://api.twilio.com', 'https://verify.twilio.com', 'https://lookups.twilio.com'],
    )
  })

  it('prefers the origin of a product to the common one', async () => {
    const { transport, sent } = recordingTransport()
    const client = createTwilioClient({
      ...validOptions,
      transport,
      baseUrl: 'http://localhost:1',
      baseUrls: { lookups: 'http://localhost:2' },
    })
    await client.fetchMessage(messageSid)
    await client.lookUpNumber('+14155550100').catch(() => {})
    assert.deepEqual(
      sent.map(({ origin }) => origin),
      ['http://localhost:1', 'http://localhost:2'],
    )
  })

  it('signs in with the account or with an API key, and names the account either way', async () => {
    const sid = `SK${'9'.repeat(32)}`
    const { transport, sent } = recordingTransport()
    await createTwilioClient({ ...validOptions, transport }).fetchMessage(messageSid)
    const credentials = { kind: 'api-key', sid, secret: 'key-secret' } as const
    await createTwilioClient({ ...validOptions, transport, credentials }).fetchMessage(messageSid)
    assert.deepEqual(
      sent.map(({ headers }) => headers['authorization']),
      [basic(`${accountSid}:${authToken}`), basic(`${sid}:key-secret`)],
    )
    assert.ok(sent.every(({ path }) => path.startsWith(`/2010-04-01/Accounts/${accountSid}/`)))
  })
})

describe('what is printed', () => {
  const secrets = [
    authToken,
    Buffer.from(`${accountSid}:${authToken}`).toString('base64'),
    'the secret text',
    '+14155550100',
  ]

  function assertClean(value: unknown): void {
    const text = prints(value)
    for (const secret of secrets) assert.ok(!text.includes(secret), `${secret} in ${text}`)
  }

  it('of a client holds no credential', () => {
    assertClean(createTwilioClient(validOptions))
  })

  it('of an error holds no credential, no number and no text', async (t) => {
    const stub = await startStub(t, (_request, { response, socket, nth }) => {
      if (nth === 0) return answerJson(response, 400, errorJson(21211, 400))
      if (nth === 1) return void response.writeHead(500).end('the secret text')
      if (nth === 2) return void response.writeHead(201).end('{"body": "the secret text"')
      if (nth === 3) return void socket.end('HTTP/1.1 201 OK\r\n\0the secret text\r\n\r\n')
      return void socket.destroy()
    })
    for (let i = 0; i < 5; i++) {
      const error = await stub.client.sendSms(sms).then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      assert.ok(error instanceof TwilioError)
      assertClean(error)
    }
    assert.equal(stub.requests.length, 5)
  })

  it('of an error of a foreign transport holds nothing that hangs on it', async () => {
    const transport: Transport = {
      send: async (request) => {
        throw Object.assign(new Error('failed'), { config: request, code: 'EPIPE' })
      },
      close: async () => {},
    }
    const client = createTwilioClient({ ...validOptions, transport })
    const error = await client.sendSms(sms).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    assert.ok(error instanceof TwilioNoReplyError)
    assert.deepEqual([error.sent, error.reason], ['maybe', 'EPIPE'])
    assertClean(error)
  })
})
