import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { childEnvironment, conditions } from '../child-environment.ts'
import { createFolder } from '../cli/program.ts'
import { delivers, keepsStrangersOut, leavesTheRestToTheHost, verifies } from './host-contract.ts'
import { freePort } from '../free-port.ts'
import { startHost } from './host-program.ts'
import { blocksOf, readDocument } from './markdown.ts'
import { checkTypes } from './type-check.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const documents = ['README.md', 'apps/twilio/README.md']
const run = promisify(execFile)

/** The blocks of a document as files of a program, in a folder that finds our packages. */
async function writeOut(t: TestContext, path: string, port = 3000): Promise<string> {
  const folder = await createFolder(t)
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  // Pages that go on where the README ends, with its settings.
  const pages = path === 'README.md' ? [path, 'docs/events.md'] : [path]
  for (const { language, title, text } of pages.flatMap((page) => blocksOf(readDocument(page)))) {
    if (language !== 'ts') continue
    assert.ok(title, 'every block of code has a title, so that it is run or type-checked')
    const name = title.endsWith('.ts') ? title : `${title}.ts`
    await writeFile(join(folder, name), text.replaceAll('3000', String(port)))
  }
  return folder
}

describe('the code of the READMEs', () => {
  for (const path of [...documents, 'docs/inbound.md']) {
    it(`has the right types: ${path}`, async (t) => {
      const folder = await writeOut(t, path)
      await checkTypes(folder, '*.ts')
    })
  }

  for (const path of documents) {
    for (const name of ['express', 'hono']) {
      it(`mounts the app: ${name} of ${path}`, async (t) => {
        const port = await freePort()
        const folder = await writeOut(t, path, port)
        const config = join(folder, 'twilio.config.ts')
        const host = await startHost(t, { server: join(folder, `${name}.ts`), config, port })
        await delivers(host)
        await verifies(host)
        await keepsStrangersOut(host)
        await leavesTheRestToTheHost(host)
        await host.stop()
      })
    }
  }

  it('tests an app with the simulator', async (t) => {
    const folder = await writeOut(t, 'README.md')
    const { stdout } = await run(
      process.execPath,
      [...conditions, '--test-reporter=tap', join(folder, 'simulator.test.ts')],
      { cwd: folder, env: childEnvironment },
    )
    assert.match(stdout, /^# pass 1$/m)
    assert.match(stdout, /^# fail 0$/m)
  })
})
