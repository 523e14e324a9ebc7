import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { childEnvironment, commandLine } from '../child-environment.ts'
import { createFolder, runProgram, writeConfig } from './program.ts'

const phrase = 'a long enough phrase'

async function createPlace(t: TestContext) {
  const folder = await createFolder(t)
  const config = await writeConfig(folder, {
    twilio: {
      accountSid: `AC${'0'.repeat(32)}`,
      authToken: '0'.repeat(32),
      defaultFrom: '+15005550006',
    },
    publicUrl: 'https://example.com',
    database: `file:${join(folder, 'sms.db')}`,
  })
  const run = (...args: string[]) =>
    runProgram(t, ['admins', ...args, '--config', config], { cwd: folder })
  /** With something to read on stdin. */
  async function typed(text: string, ...args: string[]) {
    const child = spawn(process.execPath, [...commandLine, 'admins', ...args, '--config', config], {
      cwd: folder,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: childEnvironment,
    })
    const output = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (more: string) => {
        output[name] += more
      })
    }
    child.stdin.end(text)
    await once(child, 'close')
    return { code: child.exitCode, ...output }
  }
  return { run, typed }
}

describe('hsb-twilio admins', () => {
  it('adds, lists, changes and removes accounts', async (t) => {
    const { run, typed } = await createPlace(t)
    const added = await typed(`${phrase}\n`, 'add', 'Anna', '--role', 'operator')
    assert.deepEqual(added, { code: 0, stdout: 'added anna as operator\n', stderr: '' })
    const again = await typed(`${phrase}\n`, 'add', 'anna', '--role', 'viewer')
    assert.deepEqual([again.code, again.stdout], [1, ''])
    assert.match(again.stderr, /there is an account anna already/)
    assert.equal((await run('role', 'anna', '--role', 'admin')).stdout, 'anna is admin\n')
    const [listed] = JSON.parse((await run('list', '--json')).stdout) as Record<string, unknown>[]
    assert.deepEqual([listed?.['name'], listed?.['role']], ['anna', 'admin'])
    assert.equal((await run('remove', 'anna', '--json')).stdout, '{"name":"anna","removed":true}\n')
    assert.equal((await run('remove', 'anna')).code, 1)
    assert.match((await run('list')).stderr, /nobody yet/)
  })

  it('makes a password and shows it once', async (t) => {
    const { run } = await createPlace(t)
    const { stdout } = await run('add', 'bert', '--role', 'viewer', '--generate')
    assert.match(stdout, /^[\w-]{24}\n$/)
    const changed = await run('password', 'bert', '--generate', '--json')
    assert.match(changed.stdout, /^\{"name":"bert","password":"[\w-]{24}"\}\n$/)
    assert.ok(!changed.stdout.includes(stdout.trim()))
  })

  it('refuses weak passwords, unknown roles and names that are none', async (t) => {
    const { run, typed } = await createPlace(t)
    const weak = await typed('short\n', 'add', 'anna', '--role', 'viewer')
    assert.deepEqual([weak.code, weak.stdout], [1, ''])
    assert.match(weak.stderr, /too weak: it has fewer than 12 characters/)
    const nothing = await typed('', 'add', 'anna', '--role', 'viewer')
    assert.match(nothing.stderr, /nothing came/)
    const role = await run('add', 'anna', '--role', 'boss', '--generate')
    assert.equal(role.code, 2)
    const name = await run('add', '../anna', '--role', 'viewer', '--generate')
    assert.equal(name.code, 2)
  })
})
