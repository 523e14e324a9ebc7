import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createSimulator } from '@hsb/twilio-simulator'
import { createFolder } from '../cli/program.ts'
import { freePort } from '../free-port.ts'
import { startPostgres } from '../postgres/server.ts'
import { blocksOf, readDocument } from './markdown.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const program = fileURLToPath(new URL('snippets-process.ts', import.meta.url))
const postgres = await startPostgres()

// What other tests run: whole programs, and the pages with tests of their own.
const elsewhere = ['hono', 'simulator.test.ts', 'first.ts', 'server.ts']
const pagesElsewhere = ['docs/hosts.md', 'docs/events.md', 'docs/inbound.md']

const pages = readdirSync(join(root, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`)
  .filter((path) => !pagesElsewhere.includes(path))

describe('the snippets of README and pages', () => {
  it('do what they say, one after another in a program', async (t) => {
    const port = String(await freePort())
    const database = postgres.newPlace()
    const folder = await createFolder(t)
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
    const titles = new Set<string>()
    for (const { language, title = '', text } of ['README.md', ...pages].flatMap((path) =>
      blocksOf(readDocument(path)),
    )) {
      if (language !== 'ts' || elsewhere.includes(title)) continue
      titles.add(title)
      const ours = text
        .replace('  publicUrl: env', `  database: ${JSON.stringify(database)},\n  publicUrl: env`)
        .replace("countries: ['US', 'SE'] }", "countries: ['US', 'SE'], access: 'public' }")
        .replace('postgres://shop@localhost/shop', postgres.url)
        .replace(/baseUrl: '[^']*\/sms'/, `baseUrl: 'http://127.0.0.1:${port}/sms'`)
        .replaceAll('3000', port)
      await writeFile(join(folder, title.endsWith('.ts') ? title : `${title}.ts`), ours)
    }
    const twilio = createSimulator()
    t.after(() => twilio.close())
    const { url } = await twilio.listen()
    const env = {
      PATH: process.env['PATH'],
      NODE_NO_WARNINGS: '1',
      PUBLIC_URL: `http://127.0.0.1:${port}/sms`,
      TWILIO_ACCOUNT_SID: twilio.accountSid,
      TWILIO_AUTH_TOKEN: twilio.authToken,
      TWILIO_OLD_AUTH_TOKEN: twilio.authToken.toUpperCase(),
      TWILIO_BASE_URL: url,
      VERIFICATION_SECRET: 'a secret of a test, long enough to be one',
    }
    const words = ['--conditions=source', program, folder, url, postgres.url]
    const { stdout } = await promisify(execFile)(process.execPath, words, {
      env,
      timeout: 60_000,
    })
    assert.equal(stdout.trim().split('\n').at(-1), 'all of it ran')
    const source = readFileSync(program, 'utf8')
    for (const title of titles) {
      if (title === 'twilio.config.ts') continue
      assert.ok(source.includes(`'${title}'`), `${title} is run by nobody`)
    }
  })
})
