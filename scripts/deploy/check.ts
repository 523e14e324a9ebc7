import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { createSimulator } from '@hsb/twilio-simulator'
import { freePort } from '../../apps/twilio/test/free-port.ts'
import { startPostgres } from '../../apps/twilio/test/postgres/server.ts'
import { readCompose, readManifests, readUnit, wordsOf } from './files.ts'
import { install } from './installation.ts'
import { start } from './program.ts'

// The commands of deploy/, word for word, with the packed product and outside of containers: what is
// different is the port, because all processes share one machine, and the folders. Build first.
//   node --conditions=source --test scripts/deploy/check.ts
const postgres = await startPostgres()
const folder = await install()
const compose = readCompose().services
const pods = new Map(
  readManifests().flatMap(({ metadata, spec }) =>
    (spec?.template?.spec.containers ?? []).map((one) => [metadata.name, one.args] as const),
  ),
)
const entrypoint = wordsOf('ENTRYPOINT')

function ofCompose(service: string): string[] {
  return [...entrypoint, ...(compose[service]?.command ?? [])]
}

function ofKubernetes(name: string): string[] {
  return [...entrypoint, ...(pods.get(name) ?? [])]
}

function ofSystemd(unit: string): string[] {
  const words = readUnit(unit).get('ExecStart')?.split(' ') ?? []
  return words.map((word) =>
    word.replace('/usr/bin/node', 'node').replace('/opt/hsb-twilio', folder),
  )
}

async function createPlace(t: TestContext) {
  const simulator = createSimulator()
  t.after(() => simulator.close())
  const { url: baseUrl } = await simulator.listen()
  const ports = await Promise.all([freePort(), freePort(), freePort(), freePort()])
  // A database of its own: the address alone says where the tables go.
  const name = `deploy_${process.pid}_${ports[0]}`
  await postgres.query(`create database ${name}`)
  const env = {
    PUBLIC_URL: `http://127.0.0.1:${ports[0]}`,
    DATABASE_URL: postgres.url.replace(/\/\w+$/, `/${name}`),
    TWILIO_ACCOUNT_SID: simulator.accountSid,
    TWILIO_AUTH_TOKEN: simulator.authToken,
    TWILIO_FROM: '+15005550006',
    TWILIO_BASE_URL: baseUrl,
    VERIFICATION_SECRETS:
      'a secret of a test that is long enough,another one that was used before it',
  }
  const run = (words: string[], port = 8080, changes: Record<string, string> = {}) => {
    const here = words.map((word) => word.replace(/8080|%i/, String(port)))
    return start(t, { words: here, cwd: folder, env: { ...env, ...changes } })
  }
  /** The health check of the image, on that port. */
  const health = async (port: number, changes?: Record<string, string>) =>
    (await run(wordsOf('HEALTHCHECK'), port, changes).exited).code
  return { simulator, ports, run, health }
}

describe('the commands of deploy/', { timeout: 120_000 }, () => {
  it('migrate, serve, deliver, verify and stop', async (t) => {
    const { simulator, ports, run, health } = await createPlace(t)
    for (const words of [
      ofCompose('migrate'),
      ofKubernetes('sms-migrate'),
      ofSystemd('hsb-twilio-migrate.service'),
    ]) {
      const migration = run(words)
      assert.deepEqual(await migration.exited, { code: 0, signal: null }, migration.output())
      assert.match(migration.output(), /^up to date$/m)
    }
    const keys = run([
      ...entrypoint,
      'keys',
      'create',
      '--name',
      'a',
      '--scopes',
      'send,read,verify',
    ])
    assert.equal((await keys.exited).code, 0, keys.output())
    const key = /hsb_[\w-]{43}/.exec(keys.output())?.[0] ?? ''

    assert.equal(await health(ports[0]), 1, 'nobody listens yet')
    const processes = [
      run(ofCompose('api'), ports[0]),
      run(ofKubernetes('sms-api'), ports[1]),
      run(ofCompose('worker'), ports[2]),
      run(ofSystemd('hsb-twilio-worker@.service'), ports[3]),
    ]
    await Promise.all(processes.map((one) => one.says(/"event":"ready"/)))
    while ((await health(ports[0])) !== 0);
    for (const port of ports) assert.equal(await health(port), 0, String(port))

    const call = async (port: number | undefined, path: string, body?: unknown) => {
      const response = await fetch(`http://127.0.0.1:${port ?? 0}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return (await response.json()) as Record<string, string>
    }
    const phone = '+14155552671'
    const sent = await call(ports[1], '/api/sms/send/', { to_phone: phone, message: 'Hello' })
    const status = async () => (await call(ports[0], `/api/sms/${sent['id']}/status/`))['status']
    while (/^(?:QUEUED|SENDING)$/.test((await status()) ?? ''));
    await simulator.clock.advance(5_000)
    assert.equal(await status(), 'DELIVERED')

    const started = await call(ports[0], '/api/sms/verify/start/', { to_phone: phone })
    while (simulator.code(phone) === undefined) await call(ports[0], '/livez')
    const { verification_id } = started
    const check = { verification_id, code: simulator.code(phone) }
    const checked = await call(ports[1], '/api/sms/verify/check/', check)
    assert.equal(checked['outcome'], 'approved', JSON.stringify(checked))
    // A worker serves the probes only.
    assert.equal((await call(ports[2], '/api/sms/send/', {}))['code'], 'not-found')

    for (const one of processes) one.kill('SIGTERM')
    for (const one of processes) {
      assert.deepEqual(await one.exited, { code: 0, signal: null }, one.output())
    }
  })

  it('are alive and not ready while the database is away, and say what is not set', async (t) => {
    const { ports, run, health } = await createPlace(t)
    const away = { DATABASE_URL: `postgres://sms@127.0.0.1:${ports[3]}/sms` }
    const api = run(ofSystemd('hsb-twilio-api@.service'), ports[1], away)
    await api.says(/"event":"database-away"/)
    assert.equal((await fetch(`http://127.0.0.1:${ports[1]}/livez`)).status, 200)
    assert.equal(await health(ports[1]), 1)
    api.kill('SIGTERM')
    assert.deepEqual(await api.exited, { code: 0, signal: null }, api.output())

    const unset = run([...entrypoint, ...wordsOf('CMD')], ports[2], { TWILIO_AUTH_TOKEN: '' })
    assert.equal((await unset.exited).code, 1)
    assert.match(unset.output(), /TWILIO_AUTH_TOKEN is not set/)

    writeFileSync(join(folder, 'token'), `${'0'.repeat(32)}\n`)
    const file = { TWILIO_AUTH_TOKEN: '', TWILIO_AUTH_TOKEN_FILE: join(folder, 'token') }
    const filed = run(ofCompose('migrate'), 8080, file)
    assert.equal((await filed.exited).code, 0, filed.output())
  })
})
