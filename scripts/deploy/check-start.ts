import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { parseEnv } from 'node:util'
import { freePort } from '../../apps/twilio/test/free-port.ts'
import { blockOf, readDocument } from '../../apps/twilio/test/docs/markdown.ts'
import { runSession, stepsOf } from '../../apps/twilio/test/docs/session.ts'
import { pack, packages } from '../packages.ts'
import { start } from './program.ts'

// docs/start.md as a reader does it, with the packed product: from an empty folder on. Build first.
//   node --conditions=source --test scripts/deploy/check-start.ts
const page = readDocument('docs/start.md')

describe('docs/start.md', { timeout: 120_000 }, () => {
  it('leads from an empty folder to a verified phone', async (t) => {
    const home = mkdtempSync(join(tmpdir(), 'hsb-start-'))
    t.after(() => rmSync(home, { recursive: true }))
    for (const path of packages) pack(path, home)
    const began = performance.now()
    const install = blockOf(page, 'install').replace('/tmp/', `${home}/`)
    execFileSync('sh', ['-ec', install], { cwd: home, stdio: ['ignore', 'ignore', 'inherit'] })
    const cwd = join(home, 'shop')

    assert.equal(blockOf(page, 'run'), 'npx hsb-twilio dev\n')
    const words = ['node', 'node_modules/.bin/hsb-twilio', 'dev', '--json', '--port']
    const port = String(await freePort())
    const dev = start(t, { words: [...words, port], cwd, env: {} })
    await dev.says(/^\{"url".*\}$/m)
    const line = /^\{"url".*\}$/m.exec(dev.output())?.[0] ?? ''
    const given = JSON.parse(line) as Record<'url' | 'simulator_url' | 'api_key', string>
    const authorization = `Bearer ${given.api_key}`

    /** A person takes longer to type than a text needs to arrive. */
    async function untilDelivered(command: string): Promise<void> {
      const path = /\/api\/sms\/[0-9a-f-]{36}\/status\//.exec(command)?.[0]
      for (;;) {
        if (path === undefined) return
        const answer = await fetch(`${given.url}${path}`, { headers: { authorization } })
        const { status } = (await answer.json()) as { status: string }
        if (status !== 'QUEUED' && status !== 'SENDING') break
      }
      await fetch(`${given.simulator_url}/_simulator/clock`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ advance_ms: 5_000 }),
      })
    }

    const shell = {
      API: given.url,
      SIM: given.simulator_url,
      JSON: 'Content-Type: application/json',
      KEY: `Authorization: ${authorization}`,
    }
    for (const title of ['session', 'verify']) {
      await runSession(stepsOf(blockOf(page, title)), { given: shell, before: untilDelivered })
    }
    t.diagnostic(`${Math.round(performance.now() - began)} ms from the empty folder to here`)

    writeFileSync(join(cwd, 'first.ts'), blockOf(page, 'first.ts'))
    const env = { PATH: `${join(process.execPath, '..')}:${process.env['PATH'] ?? ''}` }
    await runSession(stepsOf(blockOf(page, 'program')), { given: {}, cwd, env })
    dev.kill('SIGINT')
    assert.deepEqual(await dev.exited, { code: 0, signal: null }, dev.output())
    await inExpress(t, cwd, env.PATH)
    t.diagnostic(`${Math.round(performance.now() - began)} ms from the empty folder to the end`)
  })
})

/** The part about an Express app: an installation, a file of ten lines, a simulator, one text. */
async function inExpress(t: TestContext, cwd: string, path: string): Promise<void> {
  const install = blockOf(page, 'express-install')
  execFileSync('sh', ['-ec', install], { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
  const program = blockOf(page, 'server.ts')
  const lines = program.split('\n').filter((line) => line.trim() !== '')
  assert.ok(lines.length <= 10, `a user writes ${lines.length} lines`)

  const [server, twilio] = [String(await freePort()), String(await freePort())]
  const withPorts = (text: string) => text.replaceAll('3000', server).replaceAll('4401', twilio)
  writeFileSync(join(cwd, 'server.ts'), withPorts(program))
  writeFileSync(join(cwd, '.env'), withPorts(blockOf(page, '.env')))
  const bin = 'node_modules/.bin/hsb-twilio'
  const words = blockOf(page, 'express-simulator').trim().split(' ').slice(2)
  const simulator = start(t, { words: ['node', bin, ...words, '--port', twilio], cwd, env: {} })
  await simulator.says(/^auth_token/m)
  const host = start(t, { words: blockOf(page, 'express-server').trim().split(' '), cwd, env: {} })
  const answers = () => fetch(`http://127.0.0.1:${server}/sms/livez`).catch(() => undefined)
  const ended = host.exited.then(() => assert.fail(`it ended: ${host.output()}`))
  while (!(await answers())?.ok) await Promise.race([delay(50), ended])

  assert.equal(blockOf(page, 'environment'), 'set -a && . ./.env\n')
  const env = { PATH: path, ...parseEnv(withPorts(blockOf(page, '.env'))) } as Record<
    string,
    string
  >
  await runSession(stepsOf(blockOf(page, 'express')), {
    given: {},
    cwd,
    env,
    asPrinted: true,
    before: async (command) => {
      if (!command.includes(' list ')) return
      const body = JSON.stringify({ advance_ms: 5_000 })
      const headers = { 'content-type': 'application/json' }
      const clock = `http://127.0.0.1:${twilio}/_simulator/clock`
      await fetch(clock, { method: 'POST', headers, body })
    },
  })
  for (const one of [host, simulator]) {
    one.kill('SIGTERM')
    assert.deepEqual(await one.exited, { code: 0, signal: null }, one.output())
  }
}
