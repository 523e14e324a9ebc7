import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdir, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { type Dev, startDev } from './dev-server.ts'
import { createFolder, runProgram, startProgram } from './program.ts'

const phone = '+14155552671'

async function delivered(dev: Dev, message: string): Promise<string> {
  const sent = await dev.api(
    'POST',
    '/api/sms/send/',
    { to_phone: phone, message },
    {
      prefer: 'wait=20',
    },
  )
  assert.equal(sent.status, 201)
  // Every callback that falls due has been answered when this returns.
  await dev.simulator('POST', 'clock', { advance_ms: 5_000 })
  const id = String(sent.body['id'])
  const { body } = await dev.api('GET', `/api/sms/${id}/status/`)
  assert.equal(body['status'], 'DELIVERED')
  return id
}

async function texts(dev: Dev): Promise<Record<string, unknown>[]> {
  const { body } = await dev.simulator('GET', `messages?to=${encodeURIComponent(phone)}`)
  return body['messages'] as Record<string, unknown>[]
}

describe('hsb-twilio dev', () => {
  it('prints exactly one line of JSON with six keys', async (t) => {
    const dev = await startDev(t)
    await dev.stop()
    const stdout = dev.program.stdout()
    assert.equal(stdout.split('\n').length, 2)
    assert.deepEqual(Object.keys(JSON.parse(stdout) as object), [
      'url',
      'simulator_url',
      'api_key',
      'account_sid',
      'auth_token',
      'verify_service_sid',
    ])
    assert.match(dev.addresses.url, /^http:\/\/127\.0\.0\.1:\d+$/)
  })

  it('sends a text to the simulated phone and learns that it was delivered', async (t) => {
    const dev = await startDev(t)
    await delivered(dev, 'Your order is on its way')
    const [text, ...others] = await texts(dev)
    assert.equal(text?.['body'], 'Your order is on its way')
    assert.deepEqual(others, [])
    await dev.stop()
  })

  it('verifies a phone with the code that Twilio Verify sent to it', async (t) => {
    const dev = await startDev(t)
    const started = await dev.api('POST', '/api/sms/verify/start/', { to_phone: phone })
    assert.equal(started.status, 202)
    const { body } = await dev.simulator('GET', `verifications?to=${encodeURIComponent(phone)}`)
    const [verification] = body['verifications'] as { code: string }[]
    const verification_id = started.body['verification_id']
    const check = (code: string | undefined) =>
      dev.api('POST', '/api/sms/verify/check/', { verification_id, code })
    const wrong = await check(verification?.code === '000000' ? '000001' : '000000')
    assert.equal(wrong.body['outcome'], 'incorrect')
    const right = await check(verification?.code)
    assert.equal(right.body['outcome'], 'approved')
    await dev.stop()
  })

  it('verifies a phone with codes of its own', async (t) => {
    const dev = await startDev(t, '--backend', 'own-codes')
    const started = await dev.api('POST', '/api/sms/verify/start/', { to_phone: phone })
    const verification_id = started.body['verification_id']
    let code: string | undefined
    // The worker sends it a moment later.
    while (code === undefined) {
      code = /\d{6}/.exec(String((await texts(dev)).at(-1)?.['body']))?.[0]
    }
    const right = await dev.api('POST', '/api/sms/verify/check/', { verification_id, code })
    assert.equal(right.body['outcome'], 'approved')
    await dev.stop()
  })

  it('keeps messages, key and credentials in its folder, also when it was killed', async (t) => {
    const folder = await createFolder(t)
    const first = await startDev(t, '--data', folder)
    const id = await delivered(first, 'one')
    await first.stop()

    const second = await startDev(t, '--data', folder)
    const { url: _, simulator_url: __, ...kept } = second.addresses
    assert.equal(second.addresses.api_key, first.addresses.api_key)
    assert.partialDeepStrictEqual(first.addresses, kept)
    const found = await second.api('GET', `/api/sms/${id}/status/`)
    assert.equal(found.body['message'], 'one')
    const another = await delivered(second, 'two')
    second.program.kill('SIGKILL')
    await second.program.exited

    const third = await startDev(t, '--data', folder)
    const { body } = await third.api('GET', `/api/sms/${another}/status/`)
    assert.equal(body['status'], 'DELIVERED')
    await third.stop()
    const { mode } = await stat(join(folder, 'dev-credentials.json'))
    assert.equal(mode & 0o777, 0o600)
  })

  it('leaves nothing behind without a folder of its own', async (t) => {
    const temporary = await createFolder(t)
    const program = startProgram(t, ['dev', '--port', '0'], { env: { TMPDIR: temporary } })
    await program.line(/Ctrl-C/)
    const ours = async () =>
      (await readdir(temporary)).filter((name) => name.startsWith('hsb-twilio-'))
    assert.equal((await ours()).length, 1)
    program.kill('SIGINT')
    assert.deepEqual(await program.exited, { code: 0, signal: null })
    assert.deepEqual(await ours(), [])
  })

  it('tells a person what to type, and the lines work', async (t: TestContext) => {
    for (const backend of ['twilio-verify', 'own-codes']) {
      const program = startProgram(t, ['dev', '--port', '0', '--backend', backend])
      await program.line(/Ctrl-C/)
      const lines = program
        .stdout()
        .split('\n')
        .map((line) => line.trim())
      const script = lines.filter((line) => /^(KEY=|ID=|VID=|CODE=|sleep|curl )/.test(line))
      assert.equal(script.length, 7)
      const { stdout } = await promisify(execFile)('sh', ['-euc', script.join('\n')])
      assert.match(stdout, /"status":"DELIVERED"/)
      assert.match(stdout, /"body":"Hello!"/)
      assert.match(stdout, /"outcome":"approved"/)
      assert.ok(!program.stdout().includes('\u001b'), 'no colours in a pipe')
      program.kill('SIGTERM')
      assert.deepEqual(await program.exited, { code: 0, signal: null })
    }
  })

  it('says in one line that its port is taken', async (t) => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    t.after(() => new Promise((resolve) => other.close(resolve)))
    const address = other.address()
    const port = typeof address === 'object' && address ? String(address.port) : ''
    const api = await runProgram(t, ['dev', '--port', port])
    assert.deepEqual(api, {
      code: 1,
      stdout: '',
      stderr: `hsb-twilio: cannot listen: port ${port} on 127.0.0.1 is in use by another program\n`,
    })
    const simulator = await runProgram(t, ['dev', '--port', '0', '--simulator-port', port])
    assert.equal(simulator.code, 1)
    assert.match(simulator.stderr, /^hsb-twilio: the simulator cannot listen on port \d+.*\n$/)
  })

  it('says in one line that its folder cannot be used', async (t) => {
    const folder = await createFolder(t)
    await writeFile(join(folder, 'file'), '')
    const below = await runProgram(t, ['dev', '--port', '0', '--data', join(folder, 'file', 'x')])
    assert.equal(below.code, 1)
    assert.match(below.stderr, /^hsb-twilio: the folder .*file\/x cannot be made: ENOTDIR\n$/)

    await writeFile(join(folder, 'hsb-twilio.db'), 'this is no database, and long enough to tell')
    const foreign = await runProgram(t, ['dev', '--port', '0', '--data', folder])
    assert.equal(foreign.code, 1)
    assert.match(foreign.stderr, /^hsb-twilio: .*hsb-twilio\.db.*\n$/)

    await writeFile(join(folder, 'dev-credentials.json'), '{"account_sid":')
    const damaged = await runProgram(t, ['dev', '--port', '0', '--data', folder])
    assert.equal(damaged.code, 1)
    assert.match(damaged.stderr, /^hsb-twilio: .*dev-credentials\.json is damaged: delete it.*\n$/)
  })
})
