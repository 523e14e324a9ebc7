import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { hostTemplates } from '../../src/commands/init-templates.ts'
import { readSettings, type TwilioConfig } from '../../src/config.ts'
import { blockOf, readDocument } from '../docs/markdown.ts'
import { createFolder, runProgram } from './program.ts'
import { openTerminal } from './terminal.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))

/** A project with these packages, and ours where it looks for it. */
async function createProject(t: TestContext, dependencies: Record<string, string>) {
  const folder = await createFolder(t)
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module', dependencies }))
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  return { folder, file: join(folder, 'twilio.config.ts') }
}

describe('hsb-twilio init', () => {
  it('finds the host in package.json, where one host contains another too', async (t) => {
    const cases: [string, Record<string, string>][] = [
      ['express', { express: '5' }],
      ['hono', { hono: '4', '@hono/node-server': '2' }],
      ['nest', { '@nestjs/core': '12', express: '5' }],
      ['next', { next: '16', react: '19' }],
      ['fastify', { fastify: '5' }],
      ['standalone', { zod: '4' }],
    ]
    await Promise.all(
      cases.map(async ([host, dependencies]) => {
        const { folder, file } = await createProject(t, dependencies)
        const run = await runProgram(t, ['init', '--json'], { cwd: folder })
        const shown = JSON.parse(run.stdout) as Record<string, unknown>
        assert.equal(shown['host'], host)
        assert.equal(run.code, 2)
        assert.ok(!existsSync(file), 'nothing is written unasked')
      }),
    )
  })

  it('asks nobody where there is no terminal: shows everything, writes nothing, exits with 2', async (t) => {
    const { folder } = await createProject(t, { express: '5' })
    const { code, stdout, stderr } = await runProgram(t, ['init'], { cwd: folder })
    assert.equal(code, 2)
    assert.match(stdout, /^--- \/dev\/null\n\+\+\+ twilio\.config\.ts\n\+import/)
    assert.match(stdout, /app\.use\(sms\.node\)/)
    assert.match(stdout, /^ {2}VERIFICATION_SECRET=[\w-]{43}$/m)
    assert.match(stderr, /^nothing was written, .*--yes/)
    assert.deepEqual((await readdir(folder)).toSorted(), ['node_modules', 'package.json'])
  })

  it('writes settings that work once they are filled in, and no secret', async (t) => {
    const { folder, file } = await createProject(t, { hono: '4' })
    const before = readFileSync(join(folder, 'package.json'), 'utf8')
    const { code, stdout } = await runProgram(t, ['init', '--yes'], { cwd: folder })
    assert.equal(code, 0)
    assert.equal(readFileSync(join(folder, 'package.json'), 'utf8'), before)
    const secret = /VERIFICATION_SECRET=(\S+)/.exec(stdout)?.[1] ?? ''
    assert.ok(!readFileSync(file, 'utf8').includes(secret))

    const environment = {
      TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
      TWILIO_AUTH_TOKEN: '0'.repeat(32),
      TWILIO_FROM: '+15005550006',
      PUBLIC_URL: 'https://shop.example.com/sms',
      VERIFICATION_SECRET: secret,
    }
    const status = ['migrate', '--status', '--config', file]
    const empty = await runProgram(t, status, { cwd: folder })
    assert.match(empty.stderr, /twilio\.accountSid: .*\n {2}twilio\.authToken: /)
    const filled = await runProgram(t, status, { cwd: folder, env: environment })
    assert.deepEqual([filled.code, filled.stderr], [0, ''])

    Object.assign(process.env, environment)
    t.after(() => Object.keys(environment).forEach((name) => delete process.env[name]))
    const { default: config } = (await import(pathToFileURL(file).href)) as {
      default: TwilioConfig
    }
    assert.equal(readSettings(config).verification.secrets[0]?.reveal(), secret)
  })

  it('leaves a file alone that is there', async (t) => {
    const { folder, file } = await createProject(t, {})
    writeFileSync(file, 'mine')
    const { code, stdout, stderr } = await runProgram(t, ['init', '--yes'], { cwd: folder })
    assert.deepEqual([code, readFileSync(file, 'utf8')], [0, 'mine'])
    assert.doesNotMatch(stdout, /^\+\+\+/m)
    assert.match(stderr, /is there already and was left as it is/)
  })

  it('says so where package.json is no JSON', async (t) => {
    const { folder } = await createProject(t, {})
    await writeFile(join(folder, 'package.json'), '{')
    const { code, stderr } = await runProgram(t, ['init'], { cwd: folder })
    assert.deepEqual(
      [code, stderr],
      [1, 'hsb-twilio: package.json cannot be read: it is damaged or not readable\n'],
    )
  })

  it('shows lines that stand in the README and in the examples, which run', () => {
    const readme = readDocument('README.md')
    for (const { name, lines } of hostTemplates) {
      if (name === 'standalone') continue
      const isInReadme = name === 'express' || name === 'hono'
      const known = isInReadme ? blockOf(readme, name) : sourcesOf(`examples/${name}`)
      for (const line of lines) {
        // The module of the example has more in it.
        const code = line.replace(/ ?\/\/.*$/, '').replace(/ \}\)$/, '')
        assert.ok(known.includes(code.trimEnd()), `${name}: ${line}`)
      }
    }
  })
})

/** What is written by hand in a folder of the repository. */
function sourcesOf(folder: string): string {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !/node_modules|[.]next/.test(path))
    .map((path) => readFileSync(join(root, folder, path), 'utf8'))
    .join('\n')
}

describe('hsb-twilio init at a terminal', () => {
  it('asks once, and writes on a yes', async (t) => {
    const { folder, file } = await createProject(t, { express: '5' })
    const terminal = openTerminal(t, ['init'], { cwd: folder })
    await terminal.shows(/Write twilio\.config\.ts\? \[y\/N\]/)
    assert.ok(!existsSync(file))
    assert.ok(terminal.screen().includes('\u001b[32m+import'), 'additions are green')
    terminal.type('y\r')
    assert.equal(await terminal.exited, 0)
    assert.ok(existsSync(file))
    assert.match(terminal.screen(), /twilio\.config\.ts was written/)
  })

  const noes: [string, string][] = [
    ['n', 'n\r'],
    ['Enter', '\r'],
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ]
  it('writes nothing on a no', async (t) => {
    for (const [name, keys] of noes) {
      const { folder, file } = await createProject(t, {})
      const terminal = openTerminal(t, ['init'], { cwd: folder, env: { NO_COLOR: '1' } })
      await terminal.shows(/\[y\/N\]/)
      assert.ok(!terminal.screen().includes('\u001b[32m'), 'no colours where NO_COLOR is set')
      terminal.type(keys)
      assert.equal(await terminal.exited, 1, name)
      assert.ok(!existsSync(file), name)
      assert.match(terminal.screen(), /nothing was written/)
    }
  })
})
