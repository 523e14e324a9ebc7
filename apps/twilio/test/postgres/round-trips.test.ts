import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { openPostgres } from '../../src/storage/engines/postgres.ts'
import { openFor, sampleMessage, sampleOptOut } from '../storage/samples.ts'
import { startPostgres } from './server.ts'

const postgres = await startPostgres()

const entry = {
  message: sampleMessage({ id: 'a' }),
  idempotencyKey: undefined,
  requestHash: undefined,
}

interface Failing {
  starts: string
  code: string
  /** Default: every time. */
  times?: number
}

/** A store over a client that is not the one of `pg`, and what was asked of that, one by one. */
function openOver(t: TestContext, failing?: Failing) {
  const asked: string[] = []
  const released: (boolean | undefined)[] = []
  let left = failing?.times ?? Infinity
  const client = {
    async query({ text }: { text: string }) {
      const words = text.trim().replaceAll(/\s+/g, ' ')
      asked.push(words)
      await turn()
      if (failing && words.startsWith(failing.starts) && left-- > 0) {
        if (failing.code === 'ROLLBACK') return { command: 'ROLLBACK', rowCount: null, rows: [] }
        const severity = failing.code === 'ECONNRESET' ? {} : { severity: 'ERROR' }
        throw Object.assign(new Error('no'), { code: failing.code, ...severity })
      }
      return { command: words === 'commit' ? 'COMMIT' : 'SELECT', rowCount: 0, rows: [] }
    },
    release: (destroy?: boolean) => released.push(destroy),
    on: () => undefined,
    removeListener: () => undefined,
  }
  const store = openPostgres({ pool: { connect: async () => client } })
  t.after(() => store.close())
  const insert = () =>
    store.transaction((tables) => tables.messages.insert([entry]), { patienceMs: 1_000 })
  return { asked, released, store, insert }
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

  it('is rolled back where something was assumed that is not so', async (t) => {
    const store = await openFor(t, () => postgres.open())
    await store.optOuts.add(sampleOptOut({ phone: 'b' }))
    const writeTo = (...phones: string[]) =>
      store.transaction(async (tables) => {
        await tables.optOuts.assumeNone?.(phones)
        await tables.messages.insert([entry])
      })
    await assert.rejects(writeTo('a', 'b'), { name: 'AssumptionError' })
    assert.equal(await store.messages.find('a'), undefined)
    await writeTo('a', 'c')
    assert.equal((await store.messages.find('a'))?.id, 'a')
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

  it('has failed where its COMMIT is answered with a ROLLBACK', async (t) => {
    const { insert, released } = openOver(t, { starts: 'commit', code: 'ROLLBACK' })
    await assert.rejects(insert(), { name: 'StorageError', message: /was rolled back/ })
    assert.deepEqual(released, [false])
  })

  it('has failed where the connection ends before its COMMIT is answered', async (t) => {
    const { asked, insert, released } = openOver(t, { starts: 'commit', code: 'ECONNRESET' })
    await assert.rejects(insert(), { name: 'StorageError' })
    assert.equal(asked.at(-1), 'commit')
    assert.deepEqual(released, [true])
  })

  it('writes nothing where what its work did not wait for has failed', async (t) => {
    for (const failing of ['begin', 'select * from sms_log']) {
      const { asked, store } = openOver(t, { starts: failing, code: '57014' })
      const work = store.transaction(async (tables) => {
        tables.messages.find('a').catch(() => undefined)
        // Its statement has left, and is not answered yet.
        await Promise.resolve()
        await tables.messages.insert([entry])
      })
      await assert.rejects(work, { name: 'StorageError' })
      assert.ok(asked.every((text) => !/^(with input|commit)/.test(text)))
      assert.equal(asked.at(-1), 'rollback')
    }
  })

  it('in which nothing is asked takes no round trip', async (t) => {
    const { asked, store } = openOver(t)
    await store.transaction(async () => undefined)
    assert.deepEqual(asked, [])
  })
})

describe('several rounds of one statement on PostgreSQL', () => {
  const plan = (nextAt: number) => ({ id: 'a', nextAt, polls: 0 })

  it('are run again where they had to give way to somebody', async (t) => {
    const { asked, store } = openOver(t, { starts: 'with input', code: '40P01', times: 1 })
    await store.messages.planPolls([plan(1), plan(2)])
    assert.deepEqual(
      asked.map((text) => text.split(' ')[0]),
      ['begin', 'with', 'rollback', 'begin', 'with', 'with', 'commit'].flatMap((word) =>
        word === 'begin' ? ['begin', 'select'] : [word],
      ),
    )
  })
})
