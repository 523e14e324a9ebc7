import assert from 'node:assert/strict'
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import sdk from 'twilio'
import { commandLineScript } from '../child-environment.ts'
import { createFolder, startProgram } from '../cli/program.ts'
import { freePort } from '../free-port.ts'
import { writeOptions } from './cli-options.ts'
import { blockOf, readDocument, sectionOf } from './markdown.ts'
import { describe as shapeOf, runSession, stepsOf } from './session.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const page = readDocument('docs/cli.md')

/** A folder of a project, and the program as it would be installed there. */
async function createProject(t: TestContext) {
  const folder = await createFolder(t)
  const [bin, project] = [join(folder, 'bin'), join(folder, 'shop')]
  await Promise.all([mkdir(bin), mkdir(project)])
  const program = join(bin, 'hsb-twilio')
  await writeFile(program, commandLineScript)
  await chmod(program, 0o755)
  await symlink(join(root, 'node_modules'), join(project, 'node_modules'))
  const manifest = { type: 'module', dependencies: { express: '5' } }
  await writeFile(join(project, 'package.json'), JSON.stringify(manifest))
  return { project, path: `${bin}:${process.env['PATH']}` }
}

/** Starts what a block starts, and compares what it shows with the block. */
async function startServer(
  t: TestContext,
  block: string,
  { ready, ...how }: { ready: RegExp; cwd: string; env: Record<string, string> },
) {
  const [command = '', ...shown] = block.trimEnd().split('\n')
  const [, ...args] = command.slice(2).split(' ')
  const program = startProgram(t, args, how)
  await program.line(ready)
  assert.equal(
    shapeOf(program.stdout() + program.stderr()).shape.trimEnd(),
    shapeOf(shown.join('\n')).shape,
  )
  return program
}

/** A callback that Twilio signed over an address of before, as `sms.callbacks.refused()` gives it. */
function refusedCallback(accountSid: string, authToken: string): unknown[] {
  const url = '/sms/webhooks/sms/twilio/?message_id=01a20524-5706-7000-98aa-ff336f1d7a21&attempt=1'
  const params = {
    AccountSid: accountSid,
    MessageSid: `SM${'1'.repeat(32)}`,
    MessageStatus: 'sent',
  }
  const signature = sdk.getExpectedTwilioSignature(
    authToken,
    `https://old.example.com${url}`,
    params,
  )
  const headers = {
    host: '127.0.0.1',
    'x-forwarded-host': 'old.example.com',
    'x-twilio-signature': signature,
  }
  return [
    { receivedAt: 0, method: 'POST', url, headers, body: new URLSearchParams(params).toString() },
  ]
}

describe('docs/cli.md', () => {
  it('shows a session that runs as it stands there', async (t) => {
    const { project, path } = await createProject(t)
    const ports = { simulator: await freePort(), server: await freePort() }
    const ours = page
      .replaceAll('4401', String(ports.simulator))
      .replaceAll('8080', String(ports.server))
      .replaceAll('/srv/shop', project)
    const simulator = await startServer(t, blockOf(ours, 'simulate'), {
      ready: /Ctrl-C/,
      cwd: project,
      env: {},
    })
    const valueOf = (name: string) =>
      new RegExp(`^${name} +(\\S+)$`, 'm').exec(simulator.stdout())?.[1] ?? ''
    const [accountSid, authToken] = [valueOf('account_sid'), valueOf('auth_token')]
    const env = {
      PATH: path,
      TWILIO_ACCOUNT_SID: accountSid,
      TWILIO_AUTH_TOKEN: authToken,
      TWILIO_FROM: '+15005550006',
      PUBLIC_URL: `http://127.0.0.1:${ports.server}/sms`,
      TWILIO_BASE_URL: valueOf('url'),
      VERIFICATION_SECRET: 'a secret of a test, long enough to be one',
    }
    const seen = new Map<string, string>()
    const session = (...titles: string[]) =>
      runSession(
        titles.flatMap((title) => stepsOf(blockOf(ours, title))),
        { given: {}, env, cwd: project, seen },
      )
    await session('init', 'set-up')
    const server = await startServer(t, blockOf(ours, 'serve'), {
      ready: /"event":"ready"/,
      cwd: project,
      env,
    })
    await session('use')
    const refused = refusedCallback(accountSid, authToken)
    await writeFile(join(project, 'refused.json'), JSON.stringify(refused))
    await session('callback')
    for (const program of [server, simulator]) {
      program.kill('SIGTERM')
      assert.deepEqual(await program.exited, { code: 0, signal: null })
    }
  })

  it('has the options of every command (to renew them see cli-options.ts)', async () => {
    assert.equal(sectionOf(page, '## Options').trim(), (await writeOptions()).trim())
  })
})
