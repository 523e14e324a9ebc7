import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { openPostgres } from '../../src/storage/engines/postgres.ts'
import { sampleMessage } from '../storage/samples.ts'

const entry = {
  message: sampleMessage({ id: 'a' }),
  idempotencyKey: undefined,
  requestHash: undefined,
}

/** A store over a client that is not the one of `pg`, and what was asked of that, one by one. */
function openOver(t: TestContext, failing?: { starts: string; code: string }) {
  const asked: string[] = []
  const client = {
    async query({ text }: { text: string }) {
      const words = text.trim().replaceAll(/\s+/g, ' ')
      asked.push(words)
      if (failing && words.startsWith(failing.starts)) {
        throw Object.assign(new Error('no'), { code: failing.code, severity: 'ERROR' })
      }
      return { command: words === 'commit' ? 'COMMIT' : 'SELECT', rowCount: 0, rows: [] }
    },
    release: () => undefined,
    on: () => undefined,
    removeListener: () => undefined,
  }
  const store = openPostgres({ pool: { connect: async () => client } })
  t.after(() => store.close())
  const insert = () =>
    store.transaction((tables) => tables.messages.insert([entry]), { patienceMs: 1_000 })
  return { asked, store, insert }
}

const starts = (asked: string[]) => asked.map((text) => text.split(' ').slice(0, 2).join(' '))

describe('a transaction on PostgreSQL', () => {
  it('commits writes that nobody waits for only where it is not late by then', async (t) => {
    const { asked, insert } = openOver(t)
    await insert()
    assert.deepEqual(starts(asked), [
      'begin isolation',
      "select set_config('lock_timeout',",
      'with input',
      'select pg_notify($1,',
      'select 1',
      'commit',
    ])
  })

  it('is rolled back where it has become late', async (t) => {
    const { asked, insert } = openOver(t, { starts: 'select 1 /', code: '22012' })
    await assert.rejects(insert(), { name: 'StorageError', message: /took too long/ })
    assert.ok(!asked.includes('commit'))
    assert.equal(asked.at(-1), 'rollback')
  })

  it('runs nothing behind a statement that failed, be it the beginning', async (t) => {
    for (const failing of ['begin', 'with input']) {
      const { asked, insert } = openOver(t, { starts: failing, code: '57014' })
      await assert.rejects(insert(), { name: 'StorageError' })
      assert.ok(asked.at(-2)?.startsWith(failing))
      assert.equal(asked.at(-1), 'rollback')
    }
  })

  it('in which nothing is asked takes no round trip', async (t) => {
    const { asked, store } = openOver(t)
    await store.transaction(async () => undefined)
    assert.deepEqual(asked, [])
  })
})
