import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cases } from '../hosts/cases/all.ts'
import { differences } from '../hosts/differences.ts'
import { hosts } from '../hosts/hosts.ts'
import { blocksOf, codeOf, readDocument, rowsOf, sectionOf } from './markdown.ts'

const page = readDocument('docs/hosts.md')

describe('docs/hosts.md', () => {
  it('shows what stands in the examples, letter by letter', () => {
    const blocks = blocksOf(page).filter((block) => block.language === 'ts')
    assert.ok(blocks.length >= 10)
    for (const { title, text } of blocks) {
      assert.ok(title)
      const example = readDocument(title)
      // A line with an ellipsis stands for what was left out.
      for (const part of text.split('…\n')) assert.ok(example.includes(part), `${title}: ${part}`)
    }
    for (const { program } of Object.values(hosts)) {
      const folder = program.startsWith('examples/') ? program.split('/')[1] : 'next'
      assert.ok(
        blocks.some(({ title }) => title?.startsWith(`examples/${folder}/`)),
        folder,
      )
    }
  })

  it('tells every difference of the contract, and how many requests it holds', () => {
    const reasons = rowsOf(sectionOf(page, '## Where hosts differ')).map((row) => row[2])
    assert.deepEqual(new Set(reasons), new Set(differences.map((one) => one.because)))
    assert.ok(page.includes(`the same ${cases.length} requests`))
  })

  it('is what the table of frameworks of the README leads to, with a line of each example', () => {
    const rows = rowsOf(sectionOf(readDocument('README.md'), '## Your framework'))
    assert.equal(rows.length, 6)
    for (const [name = '', line = ''] of rows) {
      const [, anchor = ''] = /^\[.*\]\(docs\/hosts\.md#(\w+)\)$/.exec(name) ?? []
      const headings = [...page.matchAll(/^## (.*)$/gm)].map(([, one = '']) => one)
      assert.ok(
        headings.some((one) => one.toLowerCase().replace('.', '') === anchor),
        name,
      )
      const files: Record<string, string> = {
        nest: 'nest/app.module.ts',
        next: 'next/app/sms/[[...path]]/route.ts',
      }
      const key = anchor.replace(/js$/, '')
      const example = readDocument(`examples/${files[key] ?? `${key}/server.ts`}`)
      const code = codeOf(line)
      assert.ok(code !== undefined && example.includes(code), `${key}: ${code}`)
    }
  })
})
