import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createTestApp, publicUrl } from '../app.ts'
import { createDesk, password, signIn, visit } from './desk.ts'

describe('signing in over HTTP', () => {
  it('sets a cookie that only our pages get, another one each time, and ends with it', async (t) => {
    const test = await createDesk(t)
    const reply = await signIn(test, { name: 'viewer', password })
    const cookie = reply.headers.get('set-cookie') ?? ''
    assert.match(
      cookie,
      /^__Secure-hsb_admin=[\w-]{43}; Path=\/admin\/; HttpOnly; Secure; SameSite=Strict$/,
    )
    assert.deepEqual(
      [reply.body['name'], reply.body['role'], reply.body['signs_in']],
      ['viewer', 'viewer', true],
    )
    assert.doesNotMatch(reply.text, new RegExp(cookie.slice(19, 62)))
    const first = await visit(test, 'viewer')
    const second = await visit(test, 'viewer')
    assert.notEqual(first.cookie, second.cookie)
    assert.notEqual(first.csrf, second.csrf)
    const out = await first.ask('DELETE', 'session/')
    assert.equal(out.status, 204)
    assert.match(out.headers.get('set-cookie') ?? '', /=; .*Max-Age=0$/)
    assert.equal((await first.ask('GET', 'queue/')).status, 401)
    assert.equal((await second.ask('GET', 'queue/')).status, 200)
    await test.advance(31 * 60_000)
    assert.equal((await second.ask('GET', 'queue/')).status, 401)
    const [entry] = await test.app.audit.list({ subject: 'viewer' })
    assert.equal(entry?.action, 'signed-in')
  })

  it('answers unknown names and wrong passwords alike, and after five nothing at all', async (t) => {
    const test = await createDesk(t)
    const answers: unknown[] = []
    for (const name of ['nobody', 'viewer', 'x y', 'viewer', 'viewer', 'viewer', 'viewer']) {
      const { status, body } = await signIn(test, { name, password: 'a guess of twelve' })
      answers.push([status, { ...body, request_id: '' }])
    }
    assert.deepEqual(new Set(answers.map((one) => JSON.stringify(one))).size, 1)
    const [status] = answers[0] as [number]
    assert.equal(status, 401)
    const late = await signIn(test, { name: 'viewer', password })
    assert.equal(late.status, 429)
    assert.ok(Number(late.headers.get('retry-after')) > 60)
  })

  it('keeps to the path that the browser knows, behind a proxy too', async (t) => {
    const test = await createTestApp(t, {
      config: { publicUrl: 'https://shop.example/sms', http: { basePath: '' } },
    })
    await test.app.admins.add({ name: 'anna', password, role: 'viewer' })
    const origins = { 'https://shop.example': '/sms/admin/', [publicUrl]: '/admin/' }
    for (const [origin, path] of Object.entries(origins)) {
      const host = 'sms.example.test'
      const reply = await signIn(test, { name: 'anna', password }, { origin, host })
      assert.match(reply.headers.get('set-cookie') ?? '', new RegExp(`Path=${path};`))
    }
    const moved = await test.request('GET', '/admin')
    assert.deepEqual([moved.status, moved.headers.get('location')], [308, 'admin/'])
  })
})

describe('the files of the admin pages', () => {
  it('are kept by browsers as long as they hold, and asked for by their mark', async (t) => {
    const files = {
      'index.html': { type: 'text/html; charset=utf-8', body: '<p>hello</p>' },
      'app-3f2a9c1b.js': { type: 'text/javascript', body: 'void 0' },
    }
    const test = await createTestApp(t, { admin: { files: async () => files } })
    const page = await test.request('GET', '/admin/')
    assert.deepEqual([page.status, page.text], [200, '<p>hello</p>'])
    assert.equal(page.headers.get('cache-control'), 'no-cache')
    const etag = page.headers.get('etag') ?? ''
    const again = await test.request('GET', '/admin/', undefined, { 'if-none-match': etag })
    assert.deepEqual([again.status, again.text], [304, ''])
    const script = await test.request('GET', '/admin/app-3f2a9c1b.js')
    assert.match(script.headers.get('cache-control') ?? '', /immutable/)
    for (const name of ['nothing.js', '__proto__', '../package.json', 'api/nothing/']) {
      assert.equal((await test.request('GET', `/admin/${name}`)).status, 404, name)
    }
    assert.equal((await test.request('POST', '/admin/', {})).status, 405)
  })
})
