import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { dumpOpenApi } from '../../src/routes/openapi/dump.ts'
import { createDesk } from './desk.ts'
import { runProgram, startProgram, writeConfig } from './program.ts'

const phone = '+14155552671'

describe('hsb-twilio secret', () => {
  it('prints a new one each time, of 32 bytes or more', async (t) => {
    const secrets = await Promise.all([runProgram(t, ['secret']), runProgram(t, ['secret'])])
    const [one, two] = secrets.map(({ stdout }) => stdout)
    assert.match(one ?? '', /^[\w-]{43}\n$/)
    assert.notEqual(one, two)
    const long = await runProgram(t, ['secret', '--bytes', '64', '--json'])
    assert.match(long.stdout, /^\{"secret":"[\w-]{86}"\}\n$/)
  })
})

describe('hsb-twilio openapi', () => {
  it('prints the document, for an example or for these settings', async (t) => {
    const { args } = await createDesk(t)
    const [example, ours] = await Promise.all([
      runProgram(t, ['openapi']),
      runProgram(t, ['openapi', '--json', ...args]),
    ])
    assert.equal(example.stdout, dumpOpenApi())
    assert.equal(ours.stdout.trimEnd().split('\n').length, 1)
    const document = JSON.parse(ours.stdout) as { servers: { url: string }[] }
    assert.equal(document.servers[0]?.url, 'http://sms.example.test')
  })
})

describe('hsb-twilio migrate --dry-run', () => {
  it('prints SQL that makes the same tables, and runs none of it', async (t) => {
    const { args, config } = await createDesk(t)
    const dry = await runProgram(t, ['migrate', '--dry-run', ...args])
    assert.deepEqual([dry.code, dry.stderr], [0, ''])
    const file = config.database.slice('file:'.length)
    const tables = (database: DatabaseSync) =>
      database
        .prepare(
          `select sql from sqlite_schema where sql is not null and name not in ('sms_migration', 'sqlite_sequence') order by name`,
        )
        .all()
        .map(({ sql }) => sql)
    const before = new DatabaseSync(file, { readOnly: true })
    assert.deepEqual(tables(before), [])
    before.close()
    const scratch = new DatabaseSync(':memory:')
    scratch.exec(dry.stdout)
    await runProgram(t, ['migrate', ...args])
    const after = new DatabaseSync(file, { readOnly: true })
    assert.deepEqual(tables(scratch), tables(after))
    for (const one of [scratch, after]) one.close()
    assert.equal((await runProgram(t, ['migrate', '--dry-run', '--json', ...args])).stdout, '[]\n')
  })
})

describe('hsb-twilio verify', () => {
  for (const backend of ['twilio-verify', 'own-codes'] as const) {
    it(`does both halves: ${backend}`, async (t) => {
      const { args, folder, config, twilio } = await createDesk(t)
      await writeConfig(folder, {
        ...config,
        twilio: { ...config.twilio, verifyServiceSid: twilio.verifyServiceSid },
        verification: {
          backend,
          secrets: ['a secret of a test, long enough to be one'],
          countries: ['US'],
        },
      })
      const started = await runProgram(t, ['verify', 'start', '--to', phone, ...args])
      assert.equal(started.code, 0)
      const id = started.stdout.trim()
      assert.match(id, /^[0-9a-f-]{36}$/)
      assert.match(started.stderr, /^pending until .*, 4 sends left/)
      const code = twilio.code(phone) ?? ''
      const check = (text: string, ...more: string[]) =>
        runProgram(t, ['verify', 'check', '--id', id, '--code', text, ...more, ...args])
      const wrong = await check(code === '000000' ? '111111' : '000000')
      assert.deepEqual(
        [wrong.code, wrong.stdout, wrong.stderr],
        [1, 'incorrect\n', '4 attempts left\n'],
      )
      const right = await check(code, '--json')
      assert.equal(right.code, 0)
      assert.match(
        right.stdout,
        /^\{"outcome":"approved","token":"eyJ[^"]+",.*"to_phone":"\+14155552671"\}\n$/,
      )
      const again = await check(code)
      assert.deepEqual([again.code, again.stdout], [1, 'already-used\n'])
    })
  }

  it('names a refusal as the API does, and exits with 1', async (t) => {
    const { args } = await createDesk(t)
    const run = await runProgram(t, ['verify', 'start', '--to', phone, '--json', ...args])
    assert.equal(run.code, 1)
    assert.match(run.stdout, /^\{"code":"unavailable","title":/)
    assert.match(run.stderr, /^hsb-twilio: unavailable: /)
  })
})

describe('hsb-twilio simulate', () => {
  it('is a Twilio that can be driven from another terminal', async (t) => {
    const sid = `AC${'7'.repeat(32)}`
    const given = ['--account-sid', sid, '--auth-token', 'f'.repeat(32)]
    const simulator = startProgram(t, ['simulate', '--port', '0', '--json', ...given])
    const { url, auth_token: token } = JSON.parse(await simulator.line(/^\{"url"/)) as Record<
      string,
      string
    >
    const create = () =>
      fetch(`${url}/2010-04-01/Accounts/${sid}/Messages.json`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${sid}:${token}`)}` },
        body: new URLSearchParams({ To: phone, From: '+15005550006', Body: 'Hi' }),
      })
    assert.equal((await create()).status, 201)

    const drive = (...words: string[]) => runProgram(t, ['simulate', ...words, '--url', url ?? ''])
    const written = await drive('inbound', '--from', phone, '--body', 'STOP')
    assert.deepEqual([written.code, written.stdout], [0, `${phone} wrote to +15005550006\n`])
    assert.equal(((await (await create()).json()) as { code: number }).code, 21610)
    await drive('inbound', '--from', phone, '--body', 'START')

    assert.equal((await drive('fault')).stdout, 'nothing goes wrong\n')
    const fault = await drive('fault', '{"kind":"busy"}')
    assert.equal(fault.code, 0)
    assert.partialDeepStrictEqual(JSON.parse(fault.stdout), { kind: 'busy', times: 1 })
    assert.equal((await create()).status, 429)
    const wrong = await drive('fault', '{"kind":"nothing"}')
    assert.equal(wrong.code, 1)
    assert.match(wrong.stderr, /the simulator refused it \(400\)/)
    assert.equal((await drive('fault', '--clear', '--json')).stdout, '{"behaviours":[]}\n')

    simulator.kill('SIGTERM')
    assert.deepEqual(await simulator.exited, { code: 0, signal: null })
    const gone = await drive('fault')
    assert.equal(gone.code, 1)
    assert.match(gone.stderr, /no simulator answers at .* \(ECONNREFUSED\)/)
  })

  it('says that a port is taken', async (t) => {
    const { twilio } = await createDesk(t)
    const { url } = await twilio.listen()
    const run = await runProgram(t, ['simulate', '--port', new URL(url).port])
    assert.deepEqual([run.code, run.stdout], [1, ''])
    assert.match(run.stderr, /cannot listen on port \d+: EADDRINUSE/)
  })
})
