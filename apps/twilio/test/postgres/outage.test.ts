import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { createDesk } from '../cli/desk.ts'
import { runProgram, startProgram, until, writeConfig } from '../cli/program.ts'
import { createTwilioApp } from '../../src/app.ts'
import { createTestApp, type TestApp } from '../app.ts'
import { layCable } from './cable.ts'
import { startPostgres } from './server.ts'
import { startStopwatch } from '../stopwatch.ts'

const postgres = await startPostgres()
const phone = '+14155552671'

/** A test app at the end of a wire to its database. */
async function appByCable(t: TestContext) {
  const cable = await layCable(postgres.url)
  t.after(() => cable.close())
  const database = { ...postgres.newPlace(), url: cable.url }
  return { cable, test: await createTestApp(t, { config: { database } }) }
}

function send(test: TestApp, message: string) {
  return test.request('POST', '/api/sms/send/', { to_phone: phone, message })
}

describe('a PostgreSQL that is away', () => {
  it('costs a 503 within a second each time, and nothing that was accepted', async (t) => {
    const { cable, test } = await appByCable(t)
    const accepted: string[] = []
    for (let round = 0; round < 10; round++) {
      const before = await send(test, `before ${round}`)
      assert.equal(before.status, 202)
      accepted.push(String(before.body['id']))

      await cable.cut()
      const elapsed = startStopwatch()
      const answers = await Promise.all(Array.from({ length: 20 }, () => send(test, 'away')))
      assert.ok(elapsed() < 1_000)
      assert.deepEqual(new Set(answers.map((answer) => answer.status)), new Set([503]))
      assert.equal((await test.app.readiness()).ready, false)

      await cable.mend()
      assert.equal((await test.app.readiness()).ready, true)
    }
    for (const id of accepted) assert.equal((await test.app.messages.get(id))?.message.id, id)
    await test.app.runDue()
    assert.equal(test.twilio.messages({ to: phone }).length, accepted.length)
  })

  it('is missed by /readyz within three seconds, also where it takes what is asked and says nothing', async (t) => {
    const { cable, test } = await appByCable(t)
    assert.equal((await test.app.readiness()).ready, true)
    cable.clog()
    const asked = [test.app.readiness(), test.app.readiness()]
    await test.clock.advance(3_000)
    for (const { ready, checks } of await Promise.all(asked)) {
      assert.equal(ready, false)
      assert.deepEqual(checks, { started: true, database: false, queue: false, carrier: true })
    }
    await cable.mend()
    // Whoever asked the silent connection learns now that it is gone.
    while (!(await test.app.readiness()).ready);
  })

  it('may be away at the start: the first request after it came back finds everything ready', async (t) => {
    const cable = await layCable(postgres.url)
    t.after(() => cable.close())
    await cable.cut()
    const { test } = await appByCable(t)
    const app = createTwilioApp({
      twilio: {
        accountSid: test.twilio.accountSid,
        authToken: test.twilio.authToken,
        defaultFrom: '+15005550006',
      },
      publicUrl: 'https://sms.example.test',
      database: { ...postgres.newPlace(), url: cable.url },
      worker: 'manual',
      authorize: async () => ({ id: 'host', scopes: ['read'] }),
    })
    t.after(() => app.stop())
    const nobody = '/api/sms/0194f3c2-7c1e-7000-8000-2b1f4c9d0e6a/status/'
    const status = async () =>
      (await app.fetch(new Request(`https://sms.example.test${nobody}`))).status
    assert.equal(await status(), 503)
    await cable.mend()
    assert.equal(await status(), 404)
  })
})

describe('hsb-twilio on PostgreSQL', () => {
  it('sends from one process what another one has accepted, without waiting for a poll', async (t) => {
    const { folder, config, twilio } = await createDesk(t)
    const { url, schema } = postgres.newPlace()
    const database = { url, schema }
    const delivery = { idlePollMs: 60_000 }
    const args = ['--config', await writeConfig(folder, { ...config, database, delivery })]

    const migrated = await runProgram(t, ['migrate', ...args])
    assert.match(migrated.stdout, /^applied  0001-initial$/m)
    const made = await runProgram(t, ['keys', 'create', '--name', 'x', '--scopes', 'send', ...args])
    assert.match(made.stdout, /^hsb_/)

    const server = startProgram(t, ['serve', '--port', '0', ...args])
    await server.line(/"event":"ready"/)
    const listens = `select 1 from pg_stat_activity where query = 'listen sms_wake'`
    for (let open = 0; open === 0;) open = (await postgres.query(listens)).length
    const message = ['--to', phone, '--message', 'Hello', '--wait', '0', '--json']
    const sent = await runProgram(t, ['send', ...message, ...args])
    assert.equal(sent.code, 0, sent.stderr)
    await until(() => twilio.messages().length === 1)
    server.kill('SIGTERM')
    assert.deepEqual(await server.exited, { code: 0, signal: null })
  })

  it('says in one line that the database is away, without its password', async (t) => {
    const { folder, config } = await createDesk(t)
    const database = 'postgres://me:secret-word@127.0.0.1:9/sms'
    const file = await writeConfig(folder, { ...config, database })
    const { code, stderr } = await runProgram(t, ['migrate', '--config', file])
    assert.equal(code, 1)
    assert.match(stderr, /^hsb-twilio: postgres:\/\/127\.0\.0\.1:9\/sms: .*\n$/)
    assert.ok(!stderr.includes('secret-word'))
  })
})
