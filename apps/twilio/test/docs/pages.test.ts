import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createFolder } from '../cli/program.ts'
import { blocksOf, readDocument } from './markdown.ts'
import { settingsPage } from './pages/settings-page.ts'
import { pages } from './pages/write.ts'
import { checkTypes } from './type-check.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))

describe('the pages that are made from the code', () => {
  for (const [path, make] of Object.entries(pages)) {
    it(`are up to date: ${path}`, () => {
      const how = 'npx node --conditions=source apps/twilio/test/docs/pages/write.ts'
      assert.equal(readDocument(path), make(), `to renew: ${how}`)
    })
  }

  it('have words for every setting, which are kept', () => {
    const page = readDocument('docs/settings.md')
    const words = page.replace('| signs the webhooks; ', '| Signs them; ')
    assert.notEqual(words, page)
    assert.equal(settingsPage(words), words)
    assert.throws(() => settingsPage('# Settings\n'), /no row with words/)
    assert.throws(() => settingsPage(page.replace('## How limits', '## How')), /lost its frame/)
  })
})

describe('the code of the pages', () => {
  // Those of hosts, events and inbound have tests of their own.
  const elsewhere = ['hosts.md', 'events.md', 'inbound.md']
  const names = readdirSync(join(root, 'docs')).flatMap((name) => {
    if (!name.endsWith('.md') || elsewhere.includes(name)) return []
    const hasCode = blocksOf(readDocument(`docs/${name}`)).some(({ language }) => language === 'ts')
    return hasCode ? name.replace('.md', '') : []
  })

  it('has the right types', async (t) => {
    const folder = await createFolder(t)
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
    for (const name of names) {
      await mkdir(join(folder, name))
      // A page may take up what the README has begun.
      for (const path of ['README.md', `docs/${name}.md`]) {
        for (const { language, title, text } of blocksOf(readDocument(path))) {
          if (language !== 'ts') continue
          assert.ok(title, `${path}: every block of code has a title`)
          const file = title.endsWith('.ts') ? title : `${title}.ts`
          await writeFile(join(folder, name, file), text)
        }
      }
    }
    await checkTypes(folder, '*/*.ts')
  })
})

/** The name that a heading has in an address. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-')
}

function anchorsOf(document: string): Set<string> {
  const plain = document.replaceAll(/^```.*?^```$/gms, '')
  return new Set([...plain.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading)))
}

describe('the links of the pages', () => {
  const others = ['README.md', 'bench/README.md', 'deploy/README.md']
  const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'))
  for (const path of [...others, ...pages.map((name) => `docs/${name}`)]) {
    it(`lead somewhere: ${path}`, () => {
      const text = readDocument(path).replaceAll(/^```.*?^```$/gms, '')
      for (const [, file = '', anchor] of text.matchAll(
        /\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g,
      )) {
        const target = file === '' ? path : join(path, '..', file)
        assert.ok(existsSync(join(root, target)), `${file} of ${path}`)
        if (anchor === undefined) continue
        assert.ok(anchorsOf(readDocument(target)).has(anchor), `${file}#${anchor} of ${path}`)
      }
    })
  }

  it('are found in the index', () => {
    const index = readDocument('docs/README.md')
    for (const name of pages.filter((one) => one !== 'README.md')) {
      assert.ok(index.includes(`](${name})`), name)
    }
  })
})
