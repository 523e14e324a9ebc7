import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { createTwilioApp, type TwilioApp } from './app.ts'
import type { TwilioConfig } from './config.ts'
import { silentLogger } from './domain/log.ts'
import { ListenError } from './listener.ts'
import { startServer } from './server.ts'

function createApp(config: Partial<TwilioConfig> = {}): TwilioApp {
  return createTwilioApp({
    twilio: {
      accountSid: `AC${'0'.repeat(32)}`,
      authToken: 'a'.repeat(32),
      defaultFrom: '+15005550006',
    },
    publicUrl: 'https://sms.example.test',
    database: ':memory:',
    ...config,
  })
}

async function start(t: TestContext, app: TwilioApp, host = '127.0.0.1') {
  const server = await startServer({ app, host, port: 0, logger: silentLogger })
  t.after(() => server.close())
  return server
}

describe('startServer', () => {
  it('serves an app whose database is up to date', async (t) => {
    const server = await start(t, createApp())
    const answer = await fetch(`${server.url}/readyz`)
    assert.equal(answer.status, 200)
    assert.partialDeepStrictEqual(await answer.json(), { ready: true })
    assert.equal((await fetch(`${server.url}/nothing`)).status, 404)
  })

  it('refuses to be reached by others while nobody has to say who he is', async (t) => {
    for (const host of ['0.0.0.0', '::', '192.0.2.1']) {
      const error: unknown = await start(t, createApp(), host).catch((e: unknown) => e)
      assert.ok(error instanceof ListenError)
      assert.match(error.message, /neither an API key nor authorize/)
    }
  })

  it('may be reached by others once there is a key, or authorize', async (t) => {
    const app = createApp()
    await app.migrate()
    const { id } = await app.apiKeys.create({ name: 'shop', scopes: ['read'] })
    const server = await start(t, app, '0.0.0.0')
    const { port } = new URL(server.url)
    const answer = await fetch(`http://127.0.0.1:${port}/api/sms/${id}/status/`)
    assert.equal(answer.status, 401)

    await start(t, createApp({ authorize: () => undefined }), '0.0.0.0')
  })

  it('does not count a revoked key', async (t) => {
    const app = createApp()
    await app.migrate()
    const { id } = await app.apiKeys.create({ name: 'shop', scopes: ['read'] })
    await app.apiKeys.revoke(id)
    await assert.rejects(start(t, app, '0.0.0.0'), ListenError)
  })

  it('stops the app when it closes, and when it cannot start', async (t) => {
    const app = createApp()
    const server = await start(t, app)
    await Promise.all([server.close(), server.close()])
    await assert.rejects(app.apiKeys.list(), { name: 'StorageError' })

    const refused = createApp()
    await assert.rejects(start(t, refused, '0.0.0.0'), ListenError)
    await assert.rejects(refused.apiKeys.list(), { name: 'StorageError' })
  })
})
