import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createFakeApp, problemOf } from '../../test/fake-services.ts'
import type { PlainRequest } from '../routes/plain.ts'
import { createFetchHandler } from './fetch.ts'

/** Notes what it is handed and answers 204. */
function createNotingHandler() {
  const seen: PlainRequest[] = []
  const serve = createFetchHandler(async (request) => {
    seen.push(request)
    return { status: 204, headers: { 'x-test': 'yes' } }
  })
  return { seen, serve }
}

describe('createFetchHandler', () => {
  it('hands over path and query as they stand in the URL', async () => {
    const { seen, serve } = createNotingHandler()
    for (const [url, path, rawQuery] of [
      ['https://host/a/b/?x=%7e&y=a+b', '/a/b/', 'x=%7e&y=a+b'],
      ['https://host', '/', ''],
      ['https://host/%2e?', '/', ''],
      ['https://host/a?b?c#d?e', '/a', 'b?c'],
      ['https://[::1]:3000//a', '//a', ''],
    ] as const) {
      const response = await serve(new Request(url))
      assert.equal(response.status, 204)
      const request = seen.at(-1)
      assert.deepEqual([request?.path, request?.rawQuery], [path, rawQuery], url)
    }
  })

  it('hands over the address that the host knows, and headers in lower case', async () => {
    const { seen, serve } = createNotingHandler()
    await serve(new Request('https://host/', { headers: { 'X-Thing': 'a' } }), {
      clientAddress: '203.0.113.9',
    })
    assert.equal(seen[0]?.remoteAddress, '203.0.113.9')
    assert.deepEqual(seen[0].headers, { 'x-thing': 'a' })
  })

  it('stops reading a body beyond 64 KiB', async () => {
    const { post } = createFakeApp()
    let pulled = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++
        controller.enqueue(new Uint8Array(16_384).fill(32))
      },
    })
    const { fetch } = createFakeApp()
    const response = await fetch('/api/sms/send/', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: endless,
      duplex: 'half',
    })
    assert.equal(response.status, 413)
    assert.ok(pulled < 10, `${pulled} chunks were pulled`)
    assert.equal((await post('/api/sms/send/', 'x'.repeat(65_537))).status, 413)
  })

  it('says when the body was taken before, or broke off', async () => {
    const app = createFakeApp()
    const serve = createFetchHandler(app.handle)
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    }
    const taken = new Request('https://host/api/sms/send/', { ...init, body: '{}' })
    await taken.text()
    assert.equal((await problemOf(await serve(taken))).code, 'unreadable-body')
    const broken = new ReadableStream({
      pull() {
        throw new Error('gone')
      },
    })
    const request = new Request('https://host/api/sms/send/', {
      ...init,
      body: broken,
      duplex: 'half',
    })
    assert.equal((await problemOf(await serve(request))).code, 'unreadable-body')
    assert.deepEqual(app.calls, [])
  })

  it('answers what is none of ours with a 404 problem', async () => {
    const serve = createFetchHandler(async () => undefined)
    const response = await serve(new Request('https://host/elsewhere'))
    assert.deepEqual([response.status, (await problemOf(response)).code], [404, 'not-found'])
  })

  it('replaces nothing global', () => {
    const before = [globalThis.Request, globalThis.Response, globalThis.fetch]
    createFetchHandler(async () => undefined)
    assert.deepEqual([globalThis.Request, globalThis.Response, globalThis.fetch], before)
  })
})
