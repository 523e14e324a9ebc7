import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { describe, it } from 'node:test'
import { messageStatuses, rankOf, isMessageStatus } from '../../src/domain/message.ts'
import { openPostgres } from '../../src/storage/engines/postgres.ts'
import { operate } from '../partitions/partitioned.ts'
import { startPostgres } from '../postgres/server.ts'
import { openFor } from '../storage/samples.ts'
import { blockOf, blocksOf, codeOf, readDocument, rowsOf } from './markdown.ts'

const page = readDocument('docs/delivery.md')
const postgres = await startPostgres()

describe('the diagram of docs/delivery.md', () => {
  const diagram = blocksOf(page).find(({ language }) => language === 'mermaid')?.text ?? ''
  const edges = [...diagram.matchAll(/^ +(\S+) --> (\w+): \S/gm)].map(([, from = '', to = '']) => ({
    from,
    to,
  }))

  it('shows exactly the states of a message', () => {
    const shown = edges.flatMap(({ from, to }) => (from === '[*]' ? [to] : [from, to]))
    assert.deepEqual([...new Set(shown)].toSorted(), messageStatuses.toSorted())
    assert.equal(edges.length, diagram.trim().split('\n').length - 1)
  })

  it('shows no way back but the two that there are, to what waits', () => {
    for (const { from, to } of edges) {
      if (!isMessageStatus(from) || !isMessageStatus(to) || rankOf[to] > rankOf[from]) continue
      if (from === 'SENDING' && to === 'IN_DOUBT') continue
      assert.ok(rankOf[from] === 1 && rankOf[to] === 0, `${from} to ${to}`)
    }
  })

  it('is followed by the rank of each', () => {
    const line = page.split('\n').find((text) => text.startsWith('Statuses have ranks')) ?? ''
    const told = [...line.matchAll(/(\d) ((?:`[A-Z_]+`(?:, )?)+)/g)].flatMap(
      ([, rank, names = '']) =>
        [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => [name, Number(rank)]),
    )
    assert.deepEqual(Object.fromEntries(told), rankOf)
  })
})

describe('docs/delivery.md', () => {
  it('has no figure that is still to come', () => {
    assert.equal(page.match(/TODO\S*/g), null)
  })

  it('names settings and files that there are', () => {
    const settings = rowsOf(readDocument('docs/settings.md')).map(([name = '']) => codeOf(name))
    for (const [, name = ''] of page.matchAll(/`(delivery\.\w+)/g)) {
      assert.ok(
        settings.some((known) => known?.startsWith(name)),
        name,
      )
    }
    for (const [, path = ''] of page.matchAll(/\]\((?!https?:|#)([^)]+)\)/g)) {
      assert.ok(existsSync(new URL(`../../../../docs/${path}`, import.meta.url)), path)
    }
    for (const [, path = ''] of page.matchAll(/((?:bench|docs)\/[\w/-]+\.\w+)/g)) {
      assert.ok(existsSync(new URL(`../../../../${path}`, import.meta.url)), path)
    }
  })

  it('names settings of PostgreSQL that there are, with values that it takes', async () => {
    for (const { language, text } of blocksOf(page)) {
      if (language !== 'ini') continue
      for (const line of text.trim().split('\n')) {
        const [, name, value = ''] = /^(\w+) = (.*?)(?: +#.*)?$/.exec(line) ?? []
        const text = value.startsWith("'") ? value : `'${value}'`
        await postgres.query(`alter system set ${name} = ${text}`)
        await postgres.query(`alter system reset ${name}`)
      }
    }
  })

  it('shows statements that run, on plain tables and on partitioned ones', async (t) => {
    const place = postgres.newPlace()
    await openFor(t, async () => openPostgres(place))
    for (const title of ['hot-table', 'admin-indexes']) {
      for (const text of blockOf(page, title).split(';')) await operate(place, text)
    }
    await operate(place, readDocument('docs/postgres-partitions.sql'))
    for (const title of ['partition', 'drop', 'forgotten'])
      await operate(place, blockOf(page, title))
    const run = ['hot-table', 'admin-indexes', 'partition', 'drop', 'forgotten']
    const titles = blocksOf(page).flatMap(({ language, title }) =>
      language === 'sql' ? [title] : [],
    )
    assert.deepEqual(new Set(titles), new Set(run))
  })
})
