import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import Fastify, { type FastifyInstance } from 'fastify'
import { createObservedApp, genuineCallback } from '../../apps/twilio/test/hosts/observed-app.ts'

const { path, init } = genuineCallback()
const callback = {
  method: 'POST' as const,
  url: path,
  headers: Object.fromEntries(new Headers(init.headers)),
  payload: init.body,
}

function createHost(t: TestContext): FastifyInstance {
  const app = Fastify()
  t.after(() => app.close())
  return app
}

describe('the app mounted in Fastify', () => {
  it('takes callbacks whatever parsers and hooks the host has', async (t) => {
    const { sms, said } = createObservedApp(t)
    const app = createHost(t)
    app.addContentTypeParser('*', { parseAs: 'string' }, () => assert.fail('parsed'))
    app.addHook('preParsing', () => assert.fail('a hook for bodies'))
    app.addHook('onRequest', async (_, reply) => {
      reply.header('x-shop', 'yes')
    })
    app.register(sms.fastify)
    const answer = await app.inject(callback)
    assert.deepEqual([answer.statusCode, answer.headers['x-shop']], [204, 'yes'])
    assert.deepEqual(said, [])
  })

  it('leaves the parsers of the host alone', async (t) => {
    const { sms } = createObservedApp(t)
    const app = createHost(t)
    app.register(sms.fastify)
    app.post('/theirs', (request, reply) => void reply.send(request.body))
    const json = { method: 'POST' as const, url: '/theirs', payload: { a: 1 } }
    assert.deepEqual((await app.inject(json)).json(), { a: 1 })
    assert.equal((await app.inject({ ...callback, url: '/theirs' })).statusCode, 415)
  })

  it('stands below the prefix of a scope, and refuses one that its path is not below', async (t) => {
    const { sms } = createObservedApp(t)
    for (const prefix of ['/sms', '/s']) {
      const app = createHost(t)
      app.register(sms.fastify, { prefix })
      if (prefix === '/sms') assert.equal((await app.inject(callback)).statusCode, 204)
      else
        await assert.rejects(
          async () => app.ready(),
          /publicUrl ends in the path \/sms.*prefix \/s /,
        )
    }
  })

  it('says what to do where the request is handed over by hijack() after a parser', async (t) => {
    const { sms, said } = createObservedApp(t)
    const app = createHost(t)
    app.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      (_, body, done) => done(null, body),
    )
    app.all('/sms/*', (request, reply) => {
      reply.hijack()
      sms.node(request.raw, reply.raw)
    })
    const address = await app.listen({ port: 0 })
    const answers = [1, 2].map(() => fetch(`${address}${path}`, init))
    for (const answer of await Promise.all(answers)) assert.equal(answer.status, 400)
    assert.deepEqual(
      said.map((one) => [one.level, one.event]),
      [['error', 'body-taken']],
    )
    assert.match(said[0]?.message ?? '', /Fastify: app\.register\(sms\.fastify\)/)
  })
})
