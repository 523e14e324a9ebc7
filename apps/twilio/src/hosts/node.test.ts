import assert from 'node:assert/strict'
import { once } from 'node:events'
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
} from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { createFakeApp } from '../../test/fake-services.ts'
import type { HostRequest } from './node-body.ts'
import { createNodeHandler, type NodeHandler } from './node.ts'

const formType = 'application/x-www-form-urlencoded'
const callback = '/webhooks/sms/twilio/'
const form = 'MessageSid=SM1&Note=a+b%2bc&Note=%C3%A9'
const body = JSON.stringify({ to_phone: '+14155552671', message: 'Hello' })

/** A real server for one test; closed when the test is over. */
async function withServer(
  listener: RequestListener,
  test: (port: number) => Promise<void>,
): Promise<void> {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    await test((server.address() as AddressInfo).port)
  } finally {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
}

/** One request on a connection of its own; the path goes out as it is. */
async function call(
  port: number,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
) {
  const { method = 'GET', headers = {}, body } = options
  const request = httpRequest({ port, path, method, headers, agent: false, host: '127.0.0.1' })
  request.end(body)
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request.on('response', resolve)
    request.on('error', reject)
  })
  let text = ''
  response.setEncoding('utf8')
  for await (const chunk of response) text += chunk
  return { status: response.statusCode, headers: response.headers, text }
}

/** Writes raw text to a socket and gives back everything that comes until the other side closes. */
async function converse(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk.toString()
  })
  socket.on('error', () => {})
  socket.write(text)
  await once(socket, 'close')
  return answer
}

/** A host that has done something to the request before us. */
function after(handler: NodeHandler, change: (request: HostRequest) => Promise<void> | void) {
  const listener: RequestListener = (request, response) => {
    void Promise.resolve(change(request)).then(() => handler(request, response))
  }
  return listener
}

async function bytesOf(request: HostRequest): Promise<Buffer> {
  return Buffer.concat(await request.toArray())
}

const asText = (input: unknown) => Buffer.from(Reflect.get(Object(input), 'body')).toString()

describe('createNodeHandler', () => {
  it('serves by itself: JSON in, JSON out, with a length', async () => {
    const app = createFakeApp()
    await withServer(createNodeHandler(app.handle), async (port) => {
      const headers = { 'content-type': 'application/json' }
      const answer = await call(port, '/api/sms/send/', { method: 'POST', headers, body })
      assert.equal(answer.status, 202)
      assert.equal(answer.headers['content-length'], String(Buffer.byteLength(answer.text)))
      assert.equal(JSON.parse(answer.text).status, 'QUEUED')
      const head = await call(port, '/livez', { method: 'HEAD' })
      assert.deepEqual([head.status, head.text], [200, ''])
      const elsewhere = await call(port, '/elsewhere')
      assert.equal(elsewhere.status, 404)
      assert.equal(JSON.parse(elsewhere.text).code, 'not-found')
    })
  })

  it('gives paths that are none of ours to next, with the body unread', async () => {
    const app = createFakeApp()
    const handler = createNodeHandler(app.handle)
    const listener: RequestListener = (request, response) => {
      handler(request, response, () => {
        void bytesOf(request).then((bytes) => response.end(`host: ${bytes.toString()}`))
      })
    }
    await withServer(listener, async (port) => {
      const answer = await call(port, '/theirs', { method: 'POST', body: 'untouched' })
      assert.equal(answer.text, 'host: untouched')
    })
  })

  it('looks at originalUrl where the host cut the mount path off url', async () => {
    const app = createFakeApp({ config: { publicUrl: 'https://example.com/sms' } })
    const listener = after(createNodeHandler(app.handle), (request) => {
      request.originalUrl = request.url ?? ''
      request.url = '/'
    })
    await withServer(listener, async (port) => {
      assert.equal((await call(port, '/sms/livez?x=1')).status, 200)
    })
  })

  it('hands on the raw query, the raw bytes and the peer', async () => {
    const app = createFakeApp()
    await withServer(createNodeHandler(app.handle), async (port) => {
      const headers = { 'content-type': formType, 'x-twilio-signature': 's=' }
      const path = `${callback}?a='%7e&b=1?2`
      assert.equal((await call(port, path, { method: 'POST', headers, body: form })).status, 204)
      const { input } = app.calls[0] ?? assert.fail('nobody was asked')
      assert.equal(Reflect.get(Object(input), 'rawQuery'), "a='%7e&b=1?2")
      assert.equal(asText(input), form)
      assert.deepEqual(app.logs, [])
    })
  })

  describe('behind a body parser', () => {
    const post = { method: 'POST', headers: { 'content-type': formType }, body: form }

    it('prefers the bytes that the host kept', async () => {
      const app = createFakeApp()
      const listener = after(createNodeHandler(app.handle), async (request) => {
        request.rawBody = await bytesOf(request)
        request.body = { other: 'thing' }
      })
      await withServer(listener, async (port) => {
        await call(port, callback, post)
        assert.equal(asText(app.calls[0]?.input), form)
        assert.deepEqual(app.logs, [])
      })
    })

    it('reads the stream itself where a parser left {} and passed it over', async () => {
      const app = createFakeApp()
      const listener = after(createNodeHandler(app.handle), (request) => {
        request.body = {}
      })
      await withServer(listener, async (port) => {
        await call(port, callback, post)
        assert.equal(asText(app.calls[0]?.input), form)
      })
    })

    it('writes a form anew, which signatures survive, and says once how to do better', async () => {
      const app = createFakeApp()
      const listener = after(createNodeHandler(app.handle), async (request) => {
        await bytesOf(request)
        request.body = { MessageSid: 'SM1', Note: ['a b+c', 'é'] }
      })
      await withServer(listener, async (port) => {
        for (let i = 0; i < 3; i++) await call(port, callback, post)
        const sent = [...new URLSearchParams(asText(app.calls[0]?.input))]
        assert.deepEqual(sent, [...new URLSearchParams(form)])
        assert.deepEqual(
          app.logs.map(({ level, fields }) => [level, fields['event']]),
          [['warn', 'bytes-not-original']],
        )
        assert.match(app.logs[0]?.message ?? '', /keep the bytes in request.rawBody/)
      })
    })

    it('writes JSON anew', async () => {
      const app = createFakeApp()
      const listener = after(createNodeHandler(app.handle), async (request) => {
        request.body = JSON.parse((await bytesOf(request)).toString())
      })
      await withServer(listener, async (port) => {
        const headers = { 'content-type': 'application/json' }
        const answer = await call(port, '/api/sms/send/', { method: 'POST', headers, body })
        assert.equal(answer.status, 202)
      })
    })

    it('refuses a form whose names a parser has thrown away, or that is gone', async () => {
      for (const parsed of [{ a: { b: '1' } }, undefined]) {
        const app = createFakeApp()
        const listener = after(createNodeHandler(app.handle), async (request) => {
          await bytesOf(request)
          request.body = parsed
        })
        await withServer(listener, async (port) => {
          assert.equal(JSON.parse((await call(port, callback, post)).text).code, 'unreadable-body')
          assert.deepEqual(app.calls, [])
        })
      }
    })
  })

  it('cuts bodies at 64 KiB, with and without a length, and closes the connection', async () => {
    const app = createFakeApp()
    await withServer(createNodeHandler(app.handle), async (port) => {
      const head = 'POST /api/sms/send/ HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n'
      // Announced and never sent: the answer comes all the same.
      const announced = await converse(port, `${head}content-length: 65537\r\n\r\n{`)
      assert.match(announced, /^HTTP\/1\.1 413 /)
      assert.match(announced, /connection: close/i)
      const chunk = `4000\r\n${' '.repeat(0x4000)}\r\n`
      const chunked = await converse(
        port,
        `${head}transfer-encoding: chunked\r\n\r\n${chunk.repeat(5)}`,
      )
      assert.match(chunked, /^HTTP\/1\.1 413 /)
      assert.match(chunked, /connection: close/i)
      assert.deepEqual(app.calls, [])
    })
  })

  it('does not wait for a body when it knows the answer before', async () => {
    const app = createFakeApp({ authorize: () => undefined })
    await withServer(createNodeHandler(app.handle), async (port) => {
      const head = 'POST /api/sms/send/ HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n'
      const answer = await converse(port, `${head}content-length: 60000\r\n\r\n{`)
      assert.match(answer, /^HTTP\/1\.1 401 /)
    })
  })

  it('lives on when clients go away before, during and after the body', async () => {
    const app = createFakeApp()
    const handler = createNodeHandler(app.handle)
    let arrived = Promise.withResolvers<void>()
    let left = Promise.withResolvers<void>()
    const listener: RequestListener = (request, response) => {
      response.on('close', () => left.resolve())
      handler(request, response)
      arrived.resolve()
    }
    await withServer(listener, async (port) => {
      const head = 'POST /api/sms/send/ HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n'
      for (const rest of ['', '{"to_phone":']) {
        arrived = Promise.withResolvers()
        left = Promise.withResolvers()
        const socket = connect(port, '127.0.0.1')
        socket.on('error', () => {})
        socket.write(`${head}content-length: 1000\r\n\r\n${rest}`)
        await arrived.promise
        socket.resetAndDestroy()
        await left.promise
      }
      assert.equal((await call(port, '/livez')).status, 200)
      assert.deepEqual([app.calls, app.logs], [[], []])
    })
  })

  it('closes the connection of a request that nothing could answer', async () => {
    const handler = createNodeHandler(() => Promise.reject(new Error('a bug')))
    await withServer(handler, async (port) => {
      assert.equal(await converse(port, 'GET / HTTP/1.1\r\nhost: x\r\n\r\n'), '')
    })
  })

  it('joins a header that comes twice', async () => {
    const app = createFakeApp()
    await withServer(createNodeHandler(app.handle), async (port) => {
      const answer = await converse(
        port,
        `POST ${callback} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: ${formType}\r\n` +
          'x-twilio-signature: a=\r\nX-Twilio-Signature: a=\r\ncontent-length: 3\r\n\r\na=b',
      )
      assert.match(answer, /^HTTP\/1\.1 204 /)
      assert.equal(Reflect.get(Object(app.calls[0]?.input), 'signature'), 'a=, a=')
    })
  })
})
