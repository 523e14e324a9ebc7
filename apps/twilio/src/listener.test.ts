import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect, createServer, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { silentLogger } from './domain/log.ts'
import { type Listener, ListenError, openListener } from './listener.ts'
import { startStopwatch } from '../test/stopwatch.ts'

async function open(t: TestContext): Promise<{ listener: Listener; port: number }> {
  const listener = await openListener({ host: '127.0.0.1', port: 0, logger: silentLogger })
  t.after(() => listener.close(0))
  listener.serve((_, response) => response.end('served'))
  return { listener, port: Number(new URL(listener.url).port) }
}

async function dial(t: TestContext, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  t.after(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** Everything that comes until the other side ends, and how long that took, also on a quiet machine. */
async function read(socket: Socket): Promise<{ text: string; tookMs: number; ourMs: number }> {
  const startedAt = performance.now()
  const elapsed = startStopwatch()
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  socket.on('error', () => {})
  await once(socket, 'close')
  return { text, tookMs: performance.now() - startedAt, ourMs: elapsed() }
}

async function answerTo(t: TestContext, port: number, bytes: string): Promise<string> {
  const socket = await dial(t, port)
  const answer = read(socket)
  socket.write(bytes)
  return (await answer).text
}

function problemOf(answer: string): { code: string; status: number } {
  assert.match(answer, /content-type: application\/problem\+json/)
  const { code, status } = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))) as ReturnType<
    typeof problemOf
  >
  assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `))
  return { code, status }
}

function headers(count: number): string {
  const others = Array.from({ length: count - 2 }, (_, i) => `x-${i}: 1\r\n`)
  return `GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${others.join('')}\r\n`
}

async function refusal(host: string, port: number): Promise<string> {
  const error: unknown = await openListener({ host, port, logger: silentLogger }).catch(
    (e: unknown) => e,
  )
  assert.ok(error instanceof ListenError)
  return error.message
}

describe('openListener', () => {
  it('answers 503 until there is something to serve', async (t) => {
    const listener = await openListener({ host: '127.0.0.1', port: 0, logger: silentLogger })
    t.after(() => listener.close(0))
    const early = await fetch(listener.url)
    assert.equal(early.status, 503)
    assert.equal(early.headers.get('retry-after'), '1')
    assert.partialDeepStrictEqual(await early.json(), { code: 'starting', status: 503 })
    listener.serve((_, response) => response.end('served'))
    assert.equal(await (await fetch(listener.url)).text(), 'served')
  })

  it('refuses more than 100 headers or 16 KiB of them', async (t) => {
    const { port } = await open(t)
    assert.match(await answerTo(t, port, headers(100)), /^HTTP\/1.1 200 /)
    const refused = { code: 'headers-too-large', status: 431 }
    assert.deepEqual(problemOf(await answerTo(t, port, headers(101))), refused)
    assert.deepEqual(problemOf(await answerTo(t, port, headers(300))), refused)
    const long = `GET / HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(16_384)}`
    assert.deepEqual(problemOf(await answerTo(t, port, long)), refused)
  })

  it('answers what is not HTTP with a problem, and goes on', async (t) => {
    const { port } = await open(t)
    const garbage = [
      'hello\r\n\r\n',
      '\u0016\u0003\u0001\u0002\0\u0001\0\u0001\r\n\r\n',
      'GET / HTTP/1.1\r\nhost : x\r\n\r\n',
      'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n',
    ]
    for (const bytes of garbage) {
      const problem = problemOf(await answerTo(t, port, bytes))
      assert.deepEqual(problem, { code: 'malformed-request', status: 400 })
    }
    assert.match(await answerTo(t, port, headers(3)), /^HTTP\/1.1 200 /)
  })

  it('does not put a second answer into the middle of one', async (t) => {
    const { listener, port } = await open(t)
    listener.serve((_, response) => response.writeHead(200, { 'content-length': '100' }).write('x'))
    const socket = await dial(t, port)
    const answer = read(socket)
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
    await once(socket, 'data')
    socket.write('garbage\r\n\r\n')
    assert.doesNotMatch((await answer).text, /400|problem/)
  })

  it('cuts slow senders at 5 and 10 seconds, and lets a slow answer take longer', async (t) => {
    const { listener, port } = await open(t)
    const slow = await dial(t, port)
    listener.serve((request, response) => {
      if (request.url !== '/slow-answer') return
      slow.once('close', () => response.end('after all'))
    })
    const answer = fetch(`${listener.url}/slow-answer`)
    const half = await dial(t, port)
    const [slowHeaders, slowBody] = [read(half), read(slow)]
    half.write('GET / HTTP/1.1\r\nhost: x\r\nx-half: ')
    slow.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf')
    const timedOut = { code: 'request-timeout', status: 408 }

    const byHeaders = await slowHeaders
    assert.deepEqual(problemOf(byHeaders.text), timedOut)
    assert.ok(byHeaders.tookMs > 4_900 && byHeaders.ourMs < 6_500, `${byHeaders.tookMs} ms`)
    const byBody = await slowBody
    assert.deepEqual(problemOf(byBody.text), timedOut)
    assert.ok(byBody.tookMs > 9_900 && byBody.ourMs < 11_500, `${byBody.tookMs} ms`)
    assert.equal(await (await answer).text(), 'after all')
  })

  it('says why it cannot listen', async (t) => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    t.after(() => new Promise((resolve) => other.close(resolve)))
    const address = other.address()
    const port = typeof address === 'object' && address ? address.port : 0
    assert.match(await refusal('127.0.0.1', port), /port \d+ on 127.0.0.1 is in use/)
    assert.match(await refusal('192.0.2.1', 0), /192.0.2.1 is not an address of this machine/)
  })

  it('finishes what runs, closes what is idle, and takes nothing new when it closes', async (t) => {
    const { listener, port } = await open(t)
    const idle = await dial(t, port)
    const idleEnd = read(idle)
    idle.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
    await once(idle, 'data')

    const arrived = Promise.withResolvers<() => void>()
    listener.serve((_, response) => arrived.resolve(() => response.end('finished')))
    // A connection that its client would keep.
    const running = httpRequest({ port, headers: { connection: 'keep-alive' } })
    const answered = once(running, 'response')
    running.end()
    const finish = await arrived.promise
    const closed = listener.close(60_000)
    assert.match((await idleEnd).text, /served$/)
    await assert.rejects(fetch(listener.url))
    finish()
    const [response] = (await answered) as [NodeJS.ReadableStream & { headers: object }]
    assert.partialDeepStrictEqual(response.headers, { connection: 'close' })
    response.resume()
    await closed
  })

  it('cuts what does not finish in time', async (t) => {
    const { listener } = await open(t)
    const arrived = Promise.withResolvers<void>()
    listener.serve(() => arrived.resolve())
    const answer = assert.rejects(fetch(listener.url))
    await arrived.promise
    await listener.close(1)
    await answer
  })
})
