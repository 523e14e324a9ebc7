import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { createFakeApp, problemOf } from '../../test/fake-services.ts'
import { defineEndpoint } from './contract.ts'
import { problem } from './problems.ts'

const sendPath = '/api/sms/send/'
const goodBody = { to_phone: '+14155552671', message: 'Hello' }

/** An endpoint that does what the test says. */
function anEndpoint(handle: () => Promise<{ status: 200; body: string }>) {
  return defineEndpoint({
    method: 'GET',
    path: '/test/{name}/',
    summary: 'For this test',
    scope: 'public',
    request: {
      params: z.strictObject({ name: z.string().max(5) }),
      query: z.strictObject({ page: z.string().optional() }),
    },
    answers: { 200: z.string() },
    problems: [],
    handle,
  })
}

describe('createHandler', () => {
  it('leaves paths that are none of ours to the host', async () => {
    const { handle, fetch } = createFakeApp()
    const paths = [
      '/',
      '/api/sms/send//',
      '/API/sms/send/',
      '/api/sms//status/',
      '//livez',
      'livez',
    ]
    for (const path of paths) {
      const answer = await handle({
        method: 'GET',
        path,
        rawQuery: '',
        headers: {},
        readBody: () => assert.fail('nothing may be read'),
        originalBytes: true,
        remoteAddress: undefined,
      })
      assert.equal(answer, undefined, path)
    }
    const response = await fetch('/elsewhere')
    assert.equal(response.status, 404)
    assert.equal((await problemOf(response)).code, 'not-found')
  })

  it('takes a path with and without its last slash, under the base path', async () => {
    const { fetch } = createFakeApp({ config: { publicUrl: 'https://example.com/sms/' } })
    assert.equal((await fetch('/sms/livez')).status, 200)
    assert.equal((await fetch('/sms/livez/')).status, 200)
    assert.equal((await fetch('/livez')).status, 404)
    const other = createFakeApp({
      config: { publicUrl: 'https://example.com/sms', http: { basePath: '' } },
    })
    assert.equal((await other.fetch('/livez')).status, 200)
  })

  it('names the header that it refuses', async () => {
    const headers = z.object({ 'if-match': z.string().max(5), prefer: z.string().optional() })
    const endpoint = defineEndpoint({
      method: 'GET',
      path: '/test/name/',
      summary: 'For this test',
      scope: 'public',
      request: { headers },
      answers: { 204: null },
      problems: [],
      handle: async () => ({ status: 204 }),
    })
    const { fetch } = createFakeApp({ more: [endpoint] })
    for (const [value, code] of [
      [undefined, 'required'],
      ['too long', 'too-big'],
    ]) {
      const given: Record<string, string> = value === undefined ? {} : { 'if-match': value }
      const refused = await problemOf(await fetch('/test/name/', { headers: given }))
      assert.deepEqual([refused.status, refused.code], [400, 'invalid-header'])
      assert.partialDeepStrictEqual(refused.errors, [{ field: 'if-match', code }])
    }
  })

  it('names the methods that a path takes, and answers HEAD where it answers GET', async () => {
    const { fetch, post } = createFakeApp()
    const wrong = await fetch(sendPath)
    assert.equal(wrong.status, 405)
    assert.equal(wrong.headers.get('allow'), 'POST')
    const other = await post('/livez', {})
    assert.equal(other.headers.get('allow'), 'GET, HEAD')
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      assert.equal((await fetch(sendPath, { method })).status, 405, method)
    }
    const head = await fetch('/livez', { method: 'HEAD' })
    assert.equal(head.status, 200)
    assert.equal(await head.text(), '')
  })

  it('answers problems as problem documents', async () => {
    const { post } = createFakeApp()
    const response = await post(sendPath, { ...goodBody, to_phone: 7, colour: 'red' })
    assert.equal(response.status, 400)
    assert.equal(response.headers.get('content-type'), 'application/problem+json')
    assert.equal(response.headers.get('cache-control'), 'no-store')
    const document = await problemOf(response)
    assert.equal(document.type, 'urn:hsb-twilio:problem:invalid-body')
    assert.equal(document.status, 400)
    assert.equal(document.code, 'invalid-body')
    assert.equal(document.request_id, response.headers.get('x-request-id'))
    assert.deepEqual(
      document.errors?.map(({ field, code }) => [field, code]),
      [
        ['to_phone', 'invalid-type'],
        ['colour', 'unknown-field'],
      ],
    )
  })

  it('takes the id of the caller for the request only if it is harmless', async () => {
    const { fetch } = createFakeApp()
    const idFor = async (id: string) =>
      (await fetch('/livez', { headers: { 'x-request-id': id } })).headers.get('x-request-id')
    assert.equal(await idFor('abc-DEF_1.2'), 'abc-DEF_1.2')
    for (const id of [
      'short',
      'a'.repeat(65),
      'abc def gh',
      '{"a":"bcdefgh"}',
      'abcdefgh<script>',
    ]) {
      assert.equal(await idFor(id), '07'.repeat(12), id)
    }
  })

  it('lets nobody in without a principal, and nobody beyond his scopes', async () => {
    const closed = createFakeApp({ authorize: () => undefined })
    const refused = await closed.post(sendPath, goodBody)
    assert.equal(refused.status, 401)
    assert.match(refused.headers.get('www-authenticate') ?? '', /^Bearer/)
    const reader = createFakeApp({ authorize: () => ({ id: 'r', scopes: ['read', 'verify'] }) })
    const forbidden = await reader.post(sendPath, goodBody)
    assert.equal(forbidden.status, 403)
    assert.equal((await problemOf(forbidden)).code, 'forbidden')
    assert.deepEqual([...closed.calls, ...reader.calls], [])
    assert.equal((await closed.fetch('/livez')).status, 200)
  })

  it('shows the one who decides the request and who is at the other end', async () => {
    const seen: unknown[] = []
    const { post } = createFakeApp({
      config: { http: { trustedProxies: 1 } },
      authorize: async ({ method, path, headers, clientAddress }) => {
        seen.push([method, path, headers['authorization'], clientAddress])
        return { id: 'x', scopes: ['send'] }
      },
    })
    await post(sendPath, goodBody, { authorization: 'Token t', 'x-forwarded-for': '198.51.100.7' })
    assert.deepEqual(seen, [['POST', sendPath, 'Token t', '198.51.100.7']])
  })

  it('reads no body before it knows who calls', async () => {
    const { handle } = createFakeApp({ authorize: () => undefined })
    const answer = await handle({
      method: 'POST',
      path: sendPath,
      rawQuery: '',
      headers: { 'content-type': 'application/json' },
      readBody: () => assert.fail('the body was read'),
      originalBytes: true,
      remoteAddress: undefined,
    })
    assert.equal(answer?.status, 401)
  })

  it('answers 500 for a bug and 503 for an outage, and tells and logs no content', async () => {
    const secret = 'the code is 482913'
    for (const [error, status, code] of [
      [new TypeError(secret), 500, 'internal'],
      [new RangeError(secret), 503, 'unavailable'],
    ] as const) {
      const app = createFakeApp({ send: () => Promise.reject(error) })
      const response = await app.post(sendPath, goodBody)
      assert.equal(response.status, status)
      assert.equal(response.headers.get('retry-after'), status === 503 ? '5' : null)
      const document = await problemOf(response)
      assert.equal(document.code, code)
      assert.ok(!JSON.stringify(document).includes('482913'))
      const [line] = app.logs
      assert.equal(line?.level, 'error')
      assert.equal(line.fields['requestId'], document.request_id)
      assert.equal(line.fields['error'], error.name)
      assert.match(String(line.fields['at']), /handle\.test/)
      assert.ok(!JSON.stringify(app.logs).includes('482913'))
    }
  })

  it('refuses addresses beyond 4 KiB', async () => {
    const { fetch } = createFakeApp()
    assert.equal((await fetch(`/livez?${'a'.repeat(4_090)}`)).status, 200)
    assert.equal((await fetch(`/livez?${'a'.repeat(4_091)}`)).status, 414)
  })

  it('checks parameters of path and query by their schemas', async () => {
    const asked: string[] = []
    const { fetch } = createFakeApp({
      more: [
        anEndpoint(async () => {
          asked.push('once')
          return { status: 200, body: 'fine' }
        }),
      ],
    })
    assert.equal((await fetch('/test/abc/?page=2')).status, 200)
    assert.equal((await fetch('/test/%61bc')).status, 200)
    const codeOf = async (path: string) => (await problemOf(await fetch(path))).code
    assert.equal(await codeOf('/test/toolong/'), 'not-found')
    assert.equal(await codeOf('/test/%E0%A4%A/'), 'not-found')
    assert.equal(await codeOf('/test/abc/?size=2'), 'invalid-query')
    assert.equal(await codeOf('/test/abc/?page=1&page=2'), 'invalid-query')
    assert.equal(await codeOf('/test/abc/?__proto__=1'), 'invalid-query')
    assert.equal(asked.length, 2)
  })

  it('refuses at the start two endpoints with one method and path', () => {
    const twin = anEndpoint(async () => ({ status: 200, body: '' }))
    assert.throws(() => createFakeApp({ more: [twin, twin] }), /GET \/test/)
  })
})

describe('GET /readyz', () => {
  it('is 503 while something is missing, with the same body', async () => {
    const ready = await createFakeApp().fetch('/readyz')
    assert.deepEqual(
      [ready.status, await ready.json()],
      [200, { ready: true, checks: { database: true } }],
    )
    const missing = { ready: false, checks: { database: false } }
    const unready = await createFakeApp({ readiness: async () => missing }).fetch('/readyz')
    assert.deepEqual([unready.status, await unready.json()], [503, missing])
  })
})

describe('problem', () => {
  it('carries what it is given', () => {
    assert.deepEqual(problem('throttled', { retryAfterSeconds: 3 }), {
      problem: 'throttled',
      retryAfterSeconds: 3,
    })
  })
})
