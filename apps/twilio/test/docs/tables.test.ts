import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createTwilioApp } from '../../src/app.ts'
import { listCommands } from '../../src/cli.ts'
import { readSettings, TwilioSettingsError } from '../../src/config.ts'
import { endpoints } from '../../src/routes/index.ts'
import { problems } from '../../src/routes/problems.ts'
import { defaultsOf, least, written } from './defaults.ts'
import { codeOf, readDocument, rowsOf, sectionOf } from './markdown.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const settingsPage = readDocument('docs/settings.md')
const apiPage = readDocument('docs/api.md')

/** The least settings with one more set to something that no setting can be. */
function spoilt(path: string): unknown {
  const names = path.split('.')
  const config = structuredClone(least) as Record<string, unknown>
  let place = config
  for (const name of names.slice(0, -1)) {
    place = (place[name] ??= {}) as Record<string, unknown>
  }
  place[names.at(-1) ?? ''] = -1
  return config
}

describe('the tables of the pages', () => {
  const settings = rowsOf(settingsPage)
  const rows = new Map(settings.map(([name = '', value = '']) => [codeOf(name), value]))

  it('name every setting with its default', () => {
    const defaults = new Map(defaultsOf(readSettings(least)))
    const required = new Set(['twilio.accountSid', 'twilio.authToken', 'publicUrl'])
    for (const [path, value] of defaults) {
      if (path === 'twilio.defaultFrom') continue
      const expected = required.has(path) ? 'required' : `\`${written(value)}\``
      assert.equal(rows.get(path), expected, path)
    }
    for (const [path = '', value] of rows) {
      if (!defaults.has(path)) assert.equal(value, 'none', path)
    }
  })

  it('name no setting that there is not', () => {
    assert.ok(settings.length > 50)
    for (const path of rows.keys()) {
      assert.throws(
        () => readSettings(spoilt(path ?? '')),
        (error) => error instanceof TwilioSettingsError && error.problems[0]?.setting === path,
        path,
      )
    }
  })

  it('name every problem with its status', () => {
    const listed = rowsOf(sectionOf(apiPage, '## Errors')).map(([code = '', status]) => [
      codeOf(code),
      Number(status),
    ])
    const ours = Object.entries(problems).map(([code, { status }]) => [code, status])
    assert.deepEqual(listed, ours)
  })

  it('name every endpoint with its scope', () => {
    const listed = rowsOf(sectionOf(apiPage, '## Endpoints')).flatMap(([places = '', scope = '']) =>
      places.split(', ').map((place) => `${codeOf(place)} ${codeOf(scope) ?? 'public'}`),
    )
    const ours = Object.values(endpoints).map(
      ({ method, path, scope }) => `${method} ${path} ${scope}`,
    )
    assert.deepEqual(listed.toSorted(), ours.toSorted())
  })

  it('name every part of the app', () => {
    const listed = rowsOf(readDocument('apps/twilio/README.md')).flatMap(([names = '']) =>
      names.split(', ').map((one) => codeOf(one) ?? ''),
    )
    const ours = Object.keys(createTwilioApp({ ...least, database: ':memory:' }))
    assert.deepEqual(listed.toSorted(), ours.toSorted())
  })

  it('name every command', async () => {
    const listed = rowsOf(sectionOf(readDocument('docs/cli.md'), '## Commands')).flatMap(
      ([commands = '']) => commands.split(', ').map((one) => codeOf(one) ?? ''),
    )
    const ours = (await listCommands()).map(({ words }) => words)
    assert.deepEqual(listed.toSorted(), ours.toSorted())
  })
})

describe('the documents', () => {
  const decisions = readdirSync(join(root, 'docs/decisions')).map(
    (name) => `docs/decisions/${name}`,
  )
  const others = [
    'README.md',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
    'apps/twilio/README.md',
    'bench/README.md',
  ]
  const pages = readdirSync(join(root, 'docs')).flatMap((name) =>
    name.endsWith('.md') ? `docs/${name}` : [],
  )
  for (const document of [...others, ...pages, ...decisions]) {
    it(`name files that exist: ${document}`, () => {
      const text = readDocument(document)
      const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)]
      for (const [, path = ''] of links)
        assert.ok(existsSync(join(root, document, '..', path)), path)
      const files = [...text.matchAll(/`((?:apps|bench|docs|libs|scripts|src|test)\/[\w./-]+)`/g)]
      for (const [, path = ''] of files) {
        assert.ok(
          ['', 'apps/twilio'].some((room) => existsSync(join(root, room, path))),
          path,
        )
      }
    })
  }

  it('begin with one that can be read in a few minutes', () => {
    const lines = readDocument('README.md').split('\n').length
    assert.ok(lines <= 350, `the README has ${lines} lines; what is looked up belongs into docs/`)
  })
})
