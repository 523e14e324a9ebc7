import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TwilioConfig } from '../src/config.ts'
import { endpoints } from '../src/routes/index.ts'
import { type ProblemCode, problems } from '../src/routes/problems.ts'
import { openSqlite } from '../src/storage/engines/sqlite.ts'
import { StorageError } from '../src/storage/errors.ts'
import type { Store } from '../src/storage/store.ts'
import { createTestApp, publicUrl, type Reply, type TestApp } from './app.ts'
import { sidOf, signedCallback } from './signed-callback.ts'

const phone = '+14155552673'
const good = { to_phone: phone, message: 'hello' }
const sendPath = '/api/sms/send/'
const formType = { 'content-type': 'application/x-www-form-urlencoded' }

/** One request that has to end in this problem. */
interface Case {
  ask: (test: TestApp) => Promise<Reply>
  config?: Partial<TwilioConfig>
  store?: () => Store
}

const sending = (body: unknown, headers?: Record<string, string>): Case => ({
  ask: (test) => test.request('POST', sendPath, body, headers),
})
const getting = (path: string): Case => ({ ask: (test) => test.request('GET', path) })
const starting = (body: unknown, config?: Partial<TwilioConfig>): Case => ({
  ask: (test) => test.request('POST', '/api/sms/verify/start/', body),
  ...(config === undefined ? {} : { config }),
})

/** Asked twice: the second one is the case. */
const again = (first: unknown, second: unknown, headers?: Record<string, string>): Case => ({
  async ask(test) {
    await test.request('POST', sendPath, first, headers)
    return test.request('POST', sendPath, second, headers)
  },
})

/** A store whose transactions end like this once the test has made its key. */
function brokenStore(error: () => Error): () => Store {
  return () => {
    const real = openSqlite(':memory:')
    const apiKeys = { ...real.apiKeys, findByHash: () => Promise.reject(error()) }
    return { ...real, apiKeys }
  }
}

/** A callback that is signed but makes no sense, or that is not even signed. */
const callingBack = (signature?: string): Case => ({
  ask(test) {
    const callback = signedCallback(test, { sid: sidOf(1), status: 'nonsense!' })
    const body = new URLSearchParams(callback.params).toString()
    const headers = { ...formType, 'x-twilio-signature': signature ?? callback.signature }
    return test.request('POST', callback.path, body, headers)
  },
})

/** The body of a request whose sender goes away in the middle of it. */
async function sendBrokenOff(test: TestApp): Promise<Reply> {
  const { key } = await test.app.apiKeys.create({ name: 'other', scopes: ['send'] })
  const body = new ReadableStream({ pull: (controller) => controller.error(new Error('gone')) })
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const response = await test.app.fetch(
    new Request(publicUrl + sendPath, { method: 'POST', headers, body, duplex: 'half' }),
  )
  const text = await response.text()
  const json = JSON.parse(text) as Record<string, unknown>
  return { status: response.status, headers: response.headers, body: json, text }
}

async function sendWithScope(test: TestApp, scopes: 'read'[]): Promise<Reply> {
  const { key } = await test.app.apiKeys.create({ name: 'other', scopes })
  return test.request('POST', sendPath, good, { authorization: `Bearer ${key}` })
}

const cases: Record<
  Exclude<ProblemCode, 'not-found' | 'invalid-query' | 'invalid-header'>,
  Case
> = {
  'invalid-json': sending('{"to_phone":'),
  'invalid-body': sending({ ...good, colour: 'red' }),
  'unreadable-body': { ask: sendBrokenOff },
  'invalid-idempotency-key': sending(good, { 'idempotency-key': '' }),
  'invalid-callback': callingBack(),
  unauthenticated: sending(good, { authorization: 'Bearer nobody' }),
  forbidden: { ask: (test) => sendWithScope(test, ['read']) },
  'invalid-signature': callingBack(`${'A'.repeat(27)}=`),
  'message-not-found': getting('/api/sms/019ab5c0-0000-7000-8000-000000000001/status/'),
  'verification-not-found': starting({ to_phone: phone, verification_id: 'nobody' }),
  'method-not-allowed': getting(sendPath),
  'opted-out': {
    async ask(test) {
      await test.app.optOuts.add(phone, 'asked to')
      return test.request('POST', sendPath, good)
    },
  },
  'too-late-to-cancel': {
    async ask(test) {
      const { body } = await test.request('POST', sendPath, good)
      await test.app.runDue()
      return test.request('POST', `/api/sms/${String(body['id'])}/cancel/`)
    },
  },
  'wrong-credentials': {
    ask: (test) =>
      test.request(
        'POST',
        '/admin/api/session/',
        { name: 'nobody', password: 'a guess of twelve' },
        { origin: publicUrl },
      ),
  },
  'not-over': {
    async ask(test) {
      const { body } = await test.request('POST', sendPath, good)
      return test.request('POST', `/admin/api/messages/${String(body['id'])}/resend/`)
    },
  },
  'cannot-resend': {
    async ask(test) {
      const { body } = await test.request('POST', sendPath, good)
      const id = String(body['id'])
      await test.app.messages.cancel(id)
      await test.app.messages.redact(id)
      return test.request('POST', `/admin/api/messages/${id}/resend/`)
    },
  },
  'body-too-large': sending({ ...good, message: 'x'.repeat(65_536) }),
  'url-too-long': getting(`/livez?${'x'.repeat(4_096)}`),
  'unsupported-media-type': sending('to_phone=1', formType),
  'invalid-message': sending({ ...good, message: ' ' }),
  'invalid-phone': sending({ ...good, to_phone: '+1' }),
  'destination-not-allowed': {
    ...sending({ ...good, to_phone: '+46701740605' }),
    config: { messages: { countries: ['US'] } },
  },
  'channel-not-available': starting(
    { to_phone: phone, channel: 'whatsapp' },
    {
      verification: {
        backend: 'own-codes',
        secrets: ['a secret of a test, long enough to be one'],
        countries: 'all',
      },
    },
  ),
  'idempotency-key-reused': again(good, { ...good, message: 'other' }, { 'idempotency-key': 'k' }),
  throttled: {
    ...again(good, good),
    config: { throttles: { messagesPerPhone: [{ limit: 1, windowSeconds: 60 }] } },
  },
  internal: { ...sending(good), store: brokenStore(() => new TypeError(`a bug with ${phone}`)) },
  unavailable: { ...sending(good), store: brokenStore(() => new StorageError('sms.db: is away')) },
}

/** RFC 9457, and what we promise beyond it. */
function assertProblem(reply: Reply, code: ProblemCode): void {
  const { status, headers, body } = reply
  assert.equal(body['code'], code, reply.text)
  assert.equal(status, problems[code].status)
  assert.equal(headers.get('content-type'), 'application/problem+json')
  assert.equal(headers.get('cache-control'), 'no-store')
  assert.equal(body['type'], `urn:hsb-twilio:problem:${code}`)
  assert.equal(body['title'], problems[code].title)
  assert.equal(body['status'], status)
  const known = ['type', 'title', 'status', 'code', 'detail', 'errors', 'request_id']
  for (const name of Object.keys(body)) assert.ok(known.includes(name), name)
  if (body['detail'] !== undefined) assert.equal(typeof body['detail'], 'string')
  for (const error of (body['errors'] as Record<string, unknown>[] | undefined) ?? []) {
    assert.deepEqual(Object.keys(error), ['field', 'code', 'message'])
    assert.match(String(error['code']), /^[a-z]+(-[a-z]+)*$/)
  }
  const requestId = code === 'invalid-signature' ? undefined : headers.get('x-request-id')
  assert.equal(body['request_id'], requestId)
  assert.equal(headers.has('www-authenticate'), status === 401)
  const waits = status === 429 || status === 503
  assert.equal(Number(headers.get('retry-after')) >= 1, waits, 'Retry-After')
  assert.doesNotMatch(reply.text, /4155552673|sms\.db|TypeError|node_modules|\.ts/)
}

describe('every problem', () => {
  for (const [code, { ask, config, store }] of Object.entries(cases)) {
    it(`has the shape of RFC 9457: ${code}`, async (t) => {
      const test = await createTestApp(t, { config, store: store?.() })
      assertProblem(await ask(test), code as ProblemCode)
    })
  }

  it('has it also where nothing of ours is: not-found', async (t) => {
    const test = await createTestApp(t)
    const reply = await test.request('GET', '/elsewhere')
    assert.deepEqual([reply.status, reply.body['code']], [404, 'not-found'])
    assert.equal(reply.headers.get('content-type'), 'application/problem+json')
  })
})

describe('a method that an address does not take', () => {
  it('is answered 405 with those that it takes, at every address', async (t) => {
    const test = await createTestApp(t)
    const paths = Map.groupBy(Object.values(endpoints), (one) => one.path)
    for (const [path, there] of paths) {
      const taken = there.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        if (taken.includes(method)) continue
        const reply = await test.request(method, path.replace('{id}', 'x'))
        assert.equal(reply.status, 405, `${method} ${path}`)
        assert.equal(reply.headers.get('allow'), taken.join(', '), `${method} ${path}`)
        if (method !== 'HEAD') assertProblem(reply, 'method-not-allowed')
      }
    }
  })
})
