import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import Fastify from 'fastify'
import { createTestApp, listen, type TestApp } from '../app.ts'

/** Somebody who reads a stream from a socket. */
async function watch(port: number, key: string) {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  let text = ''
  const waiting = new Set<() => void>()
  socket.setEncoding('utf8')
  socket.on('data', (part: string) => {
    text += part
    for (const look of waiting) look()
  })
  socket.write(
    `GET /admin/api/live/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer ${key}\r\n\r\n`,
  )
  return {
    socket,
    text: () => text,
    until: (pattern: RegExp) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (!pattern.test(text)) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
  }
}

async function keyOf(test: TestApp): Promise<string> {
  return (await test.app.apiKeys.create({ name: 'watcher', scopes: ['admin'] })).key
}

async function send(test: TestApp): Promise<string> {
  const body = { to_phone: '+14155552671', message: 'hello' }
  return String((await test.request('POST', '/api/sms/send/', body)).body['id'])
}

/** Turns the clock until somebody is told, as looks into the database take turns of their own. */
async function turn(test: TestApp, told: Promise<void>): Promise<void> {
  const state = { isTold: false }
  void told.then(() => (state.isTold = true))
  while (!state.isTold) {
    await test.clock.advance(250)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('GET /admin/api/live/', () => {
  it('tells what happens over a real socket, until one of the two ends it', async (t) => {
    const test = await createTestApp(t)
    const port = await listen(t, test)
    const key = await keyOf(test)
    const one = await watch(port, key)
    const other = await watch(port, key)
    await Promise.all([one.until(/retry: 2000/), other.until(/retry: 2000/)])
    assert.match(one.text(), /^HTTP\/1\.1 200 OK/)
    assert.match(one.text(), /content-type: text\/event-stream/i)
    // The first look only finds out where the events are.
    await test.clock.advance(250)
    await new Promise((resolve) => setImmediate(resolve))
    // Of a verification whose code Twilio sends there is no message to be told of.
    await test.app.verifications.start({ toPhone: '+14155552671', clientAddress: '127.0.0.1' })
    await turn(test, one.until(/event: queue/))
    assert.doesNotMatch(one.text(), /event: message/)
    const id = await send(test)
    await turn(test, one.until(/event: message/))
    assert.ok(one.text().includes(`event: message\ndata: {"id":"${id}","status":"QUEUED"`))
    assert.doesNotMatch(one.text(), /hello|4155552671/)
    await turn(test, one.until(/: still here/))
    one.socket.destroy()
    await turn(test, other.until(/: still here/))
    const closed = once(other.socket, 'end')
    await test.stop()
    await closed
    assert.ok(other.text().trimEnd().endsWith('0'), other.text())
  })

  it('passes through a web handler and through Fastify', async (t) => {
    const test = await createTestApp(t)
    const key = await keyOf(test)
    const headers = { authorization: `Bearer ${key}` }
    const url = 'http://localhost/admin/api/live/'
    const response = await test.app.fetch(new Request(url, { headers }))
    const reader = response.body?.getReader()
    const first = await reader?.read()
    assert.match(Buffer.from(first?.value ?? []).toString(), /retry/)
    await reader?.cancel()
    const head = await test.app.fetch(new Request(url, { headers, method: 'HEAD' }))
    assert.deepEqual([head.status, head.body], [200, null])

    const fastify = Fastify()
    t.after(() => fastify.close())
    await fastify.register(test.app.fastify)
    const address = await fastify.listen({ port: 0, host: '127.0.0.1' })
    const watcher = await watch(Number(new URL(address).port), key)
    await watcher.until(/retry: 2000/)
    const closed = once(watcher.socket, 'end')
    test.app.endStreams()
    await closed
    watcher.socket.destroy()
  })
})
