import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer as createTcpServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { answerJson, errorJson, messageJson, startStub, validOptions } from '../test/stub-server.ts'
import { createTwilioClient, TwilioNoReplyError, TwilioReplyError } from './index.ts'
import type { TwilioClient } from './index.ts'

const sms = { to: '+14155550100', from: '+15005550006', body: 'the secret text' }

async function noReply(sending: Promise<unknown>): Promise<TwilioNoReplyError> {
  const error = await sending.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof TwilioNoReplyError, String(error))
  return error
}

async function refused(sending: Promise<unknown>): Promise<TwilioReplyError> {
  const error = await sending.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof TwilioReplyError, String(error))
  return error
}

async function withClient(
  baseUrl: string,
  use: (client: TwilioClient) => Promise<void>,
): Promise<void> {
  const client = createTwilioClient({ ...validOptions, baseUrl, connectTimeoutMs: 2000 })
  try {
    await use(client)
  } finally {
    await client.close()
  }
}

/** A port on which nothing listens any more. */
async function closedPort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

describe('a request that did not leave', () => {
  it('was never sent when the connection is refused', async () => {
    await withClient(`http://127.0.0.1:${await closedPort()}`, async (client) => {
      const { sent, reason } = await noReply(client.sendSms(sms))
      assert.deepEqual({ sent, reason }, { sent: 'never', reason: 'ECONNREFUSED' })
    })
  })

  it('was never sent when the process stood still while it connected', async (t) => {
    const stub = await startStub(t, (_request, { response }) =>
      answerJson(response, 201, messageJson),
    )
    // As after SIGSTOP and SIGCONT: time has passed, and no timer has run yet.
    let now = 0
    t.mock.method(performance, 'now', () => (now += 60_000))
    const { sent, reason } = await noReply(stub.client.sendSms(sms))
    assert.deepEqual({ sent, reason }, { sent: 'never', reason: 'no-connection' })
    assert.equal(stub.requests.length, 0)
  })

  it('was never sent when the name does not resolve', async () => {
    await withClient('http://no-such-host.invalid', async (client) => {
      const { sent, reason } = await noReply(client.sendSms(sms))
      assert.equal(sent, 'never')
      assert.match(reason, /^(ENOTFOUND|EAI_AGAIN)$/)
    })
  })

  it('was never sent when the other side does not speak TLS', async (t) => {
    const { origin, requests } = await startStub(t, () => {})
    await withClient(origin.replace('http:', 'https:'), async (client) => {
      assert.equal((await noReply(client.sendSms(sms))).sent, 'never')
    })
    assert.equal(requests.length, 0)
  })

  it('was never sent when the TLS handshake is reset', async (t) => {
    const server = createTcpServer((socket) => {
      socket.once('data', () => socket.resetAndDestroy())
      socket.on('error', () => {})
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.after(async () => {
      server.close()
      await once(server, 'close')
    })
    await withClient(
      `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
      async (client) => {
        const { sent, reason } = await noReply(client.sendSms(sms))
        assert.deepEqual({ sent, reason }, { sent: 'never', reason: 'ECONNRESET' })
      },
    )
  })

  it('is given up while it waits for a connection, and then is never written', async (t) => {
    let release: (() => void) | undefined
    // Long enough for the first one to connect on a busy machine.
    const limits = { connections: 1, connectTimeoutMs: 500 }
    const stub = await startStub(
      t,
      (_request, { response, nth }) => {
        if (nth > 0) answerJson(response, 201, messageJson)
        else release = () => answerJson(response, 201, messageJson)
      },
      limits,
    )
    const first = stub.client.sendSms(sms)
    const { sent, reason } = await noReply(stub.client.sendSms({ ...sms, body: 'late' }))
    assert.deepEqual({ sent, reason }, { sent: 'never', reason: 'no-connection' })
    release?.()
    await first
    await stub.client.sendSms({ ...sms, body: 'third' })
    assert.deepEqual(
      stub.requests.map(({ form }) => form.get('Body')),
      ['the secret text', 'third'],
    )
    assert.equal(stub.connections(), 1)
  })

  it('is refused after close', async () => {
    const client = createTwilioClient(validOptions)
    await client.close()
    const { sent, reason } = await noReply(client.sendSms(sms))
    assert.deepEqual({ sent, reason }, { sent: 'never', reason: 'closed' })
  })
})

describe('a request that may have been carried out', () => {
  it('is in doubt when the connection is reset after the request, and is sent once', async (t) => {
    const stub = await startStub(t, (_request, { socket }) => socket.resetAndDestroy())
    assert.equal((await noReply(stub.client.sendSms(sms))).sent, 'maybe')
    assert.equal(stub.requests.length, 1)
  })

  it('is in doubt when a reused connection is reset', async (t) => {
    const stub = await startStub(
      t,
      (_request, { response, socket, nth }) => {
        if (nth === 0) answerJson(response, 201, messageJson)
        else socket.resetAndDestroy()
      },
      { connections: 1 },
    )
    await stub.client.sendSms(sms)
    assert.equal((await noReply(stub.client.sendSms(sms))).sent, 'maybe')
    assert.deepEqual([stub.connections(), stub.requests.length], [1, 2])
  })

  it('is in doubt when no answer comes in time', async (t) => {
    const stub = await startStub(t, () => {}, { responseTimeoutMs: 30 })
    const { sent, reason } = await noReply(stub.client.sendSms(sms))
    assert.deepEqual({ sent, reason }, { sent: 'maybe', reason: 'timed-out' })
  })

  it('is in doubt when the answer drips past the time, however steadily', async (t) => {
    const stub = await startStub(
      t,
      (_request, { response }) => {
        response.writeHead(201, { 'content-type': 'application/json' })
        const drip = setInterval(() => response.write(' '), 5)
        response.once('close', () => clearInterval(drip))
      },
      { responseTimeoutMs: 40 },
    )
    const { sent, reason } = await noReply(stub.client.sendSms(sms))
    assert.deepEqual({ sent, reason }, { sent: 'maybe', reason: 'timed-out' })
  })

  it('is in doubt when the answer is cut', async (t) => {
    const stub = await startStub(t, (_request, { response, socket }) => {
      const json = JSON.stringify(messageJson)
      response.writeHead(201, { 'content-type': 'application/json', 'content-length': json.length })
      response.write(json.slice(0, 100), () => socket.destroy())
    })
    assert.equal((await noReply(stub.client.sendSms(sms))).sent, 'maybe')
  })

  const odd: Array<[name: string, reason: string, type: string, body: string]> = [
    ['a page of HTML', 'wrong-content-type', 'text/html', '<h1>Welcome</h1>'],
    ['JSON that is cut', 'not-json', 'application/json', '{"sid": "SM'],
    ['nothing', 'not-json', 'application/json', ''],
    ['a list', 'not-json', 'application/json', '[]'],
    ['no SID', 'no-sid', 'application/json', '{"status": "queued"}'],
    ['a foreign SID', 'no-sid', 'application/json', '{"sid": "XX1"}'],
    ['more than 2 MiB', 'too-large', 'application/json', ' '.repeat(2 * 1024 * 1024 + 1)],
  ]
  for (const [name, reason, type, body] of odd) {
    it(`is in doubt when success is answered with ${name}`, async (t) => {
      const stub = await startStub(t, (_request, { response }) => {
        response.writeHead(201, { 'content-type': type })
        response.end(body)
      })
      const error = await noReply(stub.client.sendSms(sms))
      assert.deepEqual([error.sent, error.reason], ['maybe', reason])
    })
  }
})

describe('an answer that says no', () => {
  it('holds, even when its explanation is cut off', async (t) => {
    const stub = await startStub(t, (_request, { response, socket }) => {
      response.writeHead(400, { 'content-type': 'application/json', 'content-length': 500 })
      response.write('{"code": 2121', () => socket.destroy())
    })
    const { httpStatus, code, retry } = await refused(stub.client.sendSms(sms))
    assert.deepEqual(
      { httpStatus, code, retry },
      { httpStatus: 400, code: undefined, retry: 'never' },
    )
  })

  it('is not followed elsewhere when it is a redirect', async (t) => {
    const stub = await startStub(t, (_request, { response }) => {
      response.writeHead(307, { location: '/elsewhere' }).end()
    })
    const { httpStatus, retry } = await refused(stub.client.sendSms(sms))
    assert.deepEqual({ httpStatus, retry }, { httpStatus: 307, retry: 'reconcile' })
    assert.equal(stub.requests.length, 1)
  })

  it('is not tried again', async (t) => {
    const stub = await startStub(t, (_request, { response }) => {
      answerJson(response, 429, errorJson(20429, 429), { 'retry-after': '1' })
    })
    await refused(stub.client.sendSms(sms))
    assert.equal(stub.requests.length, 1)
  })
})

describe('connections', () => {
  it('are kept and used again', async (t) => {
    const stub = await startStub(t, (_request, { response }) =>
      answerJson(response, 201, messageJson),
    )
    for (let i = 0; i < 20; i++) await stub.client.sendSms(sms)
    // undici may open a second one while the first still settles from the call before.
    assert.ok(stub.connections() <= 2, String(stub.connections()))
  })

  it('are as many as was asked for', async (t) => {
    const stub = await startStub(
      t,
      (_request, { response }) => answerJson(response, 201, messageJson),
      { connections: 2 },
    )
    await Promise.all(Array.from({ length: 20 }, () => stub.client.sendSms(sms)))
    assert.equal(stub.requests.length, 20)
    assert.equal(stub.connections(), 2)
  })

  it('are closed only after the calls under way', async (t) => {
    let release: (() => void) | undefined
    const arrived = Promise.withResolvers<void>()
    const stub = await startStub(t, (_request, { response }) => {
      release = () => answerJson(response, 201, messageJson)
      arrived.resolve()
    })
    const sending = stub.client.sendSms(sms)
    await arrived.promise
    const closing = stub.client.close()
    release?.()
    await closing
    assert.equal((await sending).status, 'queued')
  })
})
