import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Role, roles } from '../../src/domain/role.ts'
import { adminEndpoints } from '../../src/routes/admin/index.ts'
import type { AdminEndpoint } from '../../src/routes/admin/tools.ts'
import { createTestApp, publicUrl } from '../app.ts'
import { createDesk, visit } from './desk.ts'

const endpoints: [string, AdminEndpoint][] = Object.entries(adminEndpoints)
const guarded = endpoints.filter(([, { scope }]) => scope !== 'public')
const someId = '01a203fc-91fb-7000-8635-3007e328d8ea'

/** The path below `/admin/api/`, of something that there is not. */
function pathOf({ path }: AdminEndpoint): string {
  return path.replace('/admin/api/', '').replace(/\{\w+\}/, someId)
}

// Written down once more: the endpoints must not be the judges of themselves.
const looking = [
  ...(['signOut', 'getOverview', 'listMessages', 'getMessage', 'listVerifications'] as const),
  ...(['getVerification', 'listConversations', 'getConversation', 'listOptOuts'] as const),
  ...(['getQueue', 'getSettings', 'listAudit', 'watchLive', 'getAdminOpenApi'] as const),
]
const operating = [
  ...(['revealMessage', 'resendMessage', 'cancelMessage', 'redactMessage'] as const),
  ...(['exportMessages', 'cancelVerification', 'addOptOut', 'removeOptOut'] as const),
  ...(['retryMessages', 'sendMessage'] as const),
]
const managing = ['listKeys', 'createKey', 'revokeKey', 'erasePhone']
const allowed: Record<Role, readonly string[]> = {
  viewer: looking,
  operator: [...looking, ...operating],
  admin: [...looking, ...operating, ...managing],
}

describe('the roles of the admin pages', () => {
  it('each open what they should and nothing else, at every endpoint', async (t) => {
    const test = await createDesk(t)
    assert.deepEqual(guarded.map(([name]) => name).toSorted(), allowed.admin.toSorted())
    for (const role of roles) {
      const visitor = await visit(test, role)
      for (const [name, endpoint] of guarded) {
        // It would end the session that the others use.
        if (name === 'signOut') continue
        const path = pathOf(endpoint)
        const head = endpoint.method === 'GET' ? 'HEAD' : endpoint.method
        const { status } = await visitor.ask(head, path)
        const where = `${role} ${name} ${status}`
        if (allowed[role].includes(name)) assert.ok(status !== 401 && status !== 403, where)
        else assert.equal(status, 403, where)
      }
    }
  })

  it('are none without a session, and what there is to sign in with is told', async (t) => {
    const test = await createTestApp(t)
    for (const [name, endpoint] of guarded) {
      const reply = await test.request(
        endpoint.method,
        `/admin/api/${pathOf(endpoint)}`,
        undefined,
        { authorization: '', origin: publicUrl, 'sec-fetch-site': 'same-origin' },
      )
      assert.deepEqual([reply.status, reply.body['code']], [401, 'unauthenticated'], name)
    }
    const none = await test.request('GET', '/admin/api/session/', undefined, { authorization: '' })
    assert.equal(none.status, 401)
    assert.match(String(none.body['detail']), /hsb-twilio admins add/)
  })

  it('come with a key of the scope admin, and with no other key', async (t) => {
    const test = await createTestApp(t)
    const { key } = await test.app.apiKeys.create({ name: 'reader', scopes: ['read', 'send'] })
    const path = '/admin/api/keys/'
    assert.equal((await test.request('GET', path)).status, 200)
    const other = { authorization: `Bearer ${key}` }
    assert.equal((await test.request('GET', path, undefined, other)).status, 401)
    const made = await test.request('POST', path, { name: 'new', scopes: ['send'] })
    assert.equal(made.status, 201, made.text)
  })

  it('are the host’s to give, and then there is no form', async (t) => {
    const authorize = ({ headers }: { headers: Readonly<Record<string, string | undefined>> }) =>
      headers['x-user'] === undefined
        ? undefined
        : { id: headers['x-user'], role: 'operator' as const }
    const test = await createTestApp(t, { config: { admin: { authorize } } })
    const headers: Record<string, string> = {
      authorization: '',
      'x-user': 'bert',
      origin: publicUrl,
    }
    const session = await test.request('GET', '/admin/api/session/', undefined, headers)
    assert.equal(session.status, 200, session.text)
    assert.deepEqual(
      [session.body['name'], session.body['role'], session.body['signs_in']],
      ['bert', 'operator', false],
    )
    headers['x-csrf-token'] = String(session.body['csrf_token'])
    const retry = await test.request('POST', '/admin/api/queue/retry/', { ids: [someId] }, headers)
    assert.deepEqual(retry.body['refused'], [{ id: someId, problem: 'message-not-found' }])
    assert.equal((await test.request('GET', '/admin/api/keys/', undefined, headers)).status, 403)
    const form = { name: 'bert', password: 'whatever that may be' }
    assert.equal((await test.request('POST', '/admin/api/session/', form, headers)).status, 403)
  })

  it('only look where the settings say so, and are nowhere where there are no pages', async (t) => {
    const still = await createTestApp(t, { config: { admin: { readOnly: true } } })
    const path = '/admin/api/queue/retry/'
    assert.equal((await still.request('POST', path, { ids: [someId] })).status, 403)
    assert.equal((await still.request('GET', '/admin/api/queue/')).status, 200)
    const none = await createTestApp(t, { config: { admin: { enabled: false } } })
    for (const place of ['/admin/', '/admin/api/session/']) {
      assert.equal((await none.request('GET', place)).status, 404)
    }
  })

  it('are everybody’s on this machine while one develops, and nobody’s from elsewhere', async (t) => {
    const test = await createTestApp(t, { admin: { openOnLoopback: true } })
    const ask = (clientAddress: string, host: string, more: Record<string, string> = {}) =>
      test.app.fetch(
        new Request(`http://${host}/admin/api/session/`, { headers: { host, ...more } }),
        { clientAddress },
      )
    assert.equal((await ask('127.0.0.1', 'localhost:4400')).status, 200)
    assert.equal((await ask('10.0.0.9', 'localhost:4400')).status, 401)
    assert.equal((await ask('127.0.0.1', 'evil.example')).status, 401)
    assert.equal(
      (await ask('127.0.0.1', 'localhost', { 'x-forwarded-for': '1.2.3.4' })).status,
      401,
    )
  })
})
