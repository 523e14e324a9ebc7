import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { describe, it, type TestContext } from 'node:test'
import { Pool } from 'pg'
import { layCable } from '../../../test/postgres/cable.ts'
import { startPostgres } from '../../../test/postgres/server.ts'
import {
  idsOf,
  insertMessages,
  openFor,
  sampleEvent,
  sampleMessage,
  sampleMove,
  start,
} from '../../../test/storage/samples.ts'
import { takeOne } from '../../../test/storage/throttle-contract.ts'
import { storeContract } from '../../../test/store-contract.ts'
import { StorageError } from '../errors.ts'
import { dumpPostgres, postgresDump } from '../schema/dump-postgres.ts'
import { migrations } from '../migrations/index.ts'
import { openPostgres, type PostgresOptions } from './postgres.ts'
import { startStopwatch } from '../../../test/stopwatch.ts'

const postgres = await startPostgres()

storeContract('postgres', () => postgres.open(), { writers: 'many' })

async function openTwo(t: TestContext) {
  const place = postgres.newPlace()
  const open = async () => openPostgres(place)
  return [await openFor(t, open), await openFor(t, open), place] as const
}

/** A store at the end of a wire, and the wire. */
async function openByCable(t: TestContext, options?: PostgresOptions) {
  const cable = await layCable(postgres.url)
  const store = openPostgres({ ...postgres.newPlace(), url: cable.url }, options)
  t.after(async () => {
    await store.close()
    await cable.close()
  })
  await store.migrate()
  return { cable, store }
}

async function msOf(work: () => Promise<unknown>): Promise<number> {
  const elapsed = startStopwatch()
  await work()
  return elapsed()
}

describe('the schema on PostgreSQL', () => {
  it('is the checked-in one (to renew it see schema/dump-postgres.ts)', async () => {
    assert.equal(await dumpPostgres(postgres.url), readFileSync(postgresDump, 'utf8'))
  })
})

describe('openPostgres', () => {
  it('refuses what is no address and no name of a schema', () => {
    const places = [{ url: 'mysql://h/db' }, { url: 'no' }, { url: postgres.url, schema: 'a"b' }]
    for (const place of places) assert.throws(() => openPostgres(place), StorageError)
  })

  it('names the database that refuses, never its password', async (t) => {
    const url = 'postgres://me:secret-word@127.0.0.1:9/sms'
    const store = openPostgres({ url })
    t.after(() => store.close())
    await assert.rejects(store.ping(), (error) => {
      assert.ok(error instanceof StorageError)
      assert.match(error.message, /^postgres:\/\/127\.0\.0\.1:9\/sms: .*ECONNREFUSED/)
      return !JSON.stringify(error).includes('secret-word')
    })
  })

  it('waits a second for a server that does not answer, however many ask', async (t) => {
    const { cable, store } = await openByCable(t, { connections: 2 })
    await cable.cut()
    await cable.mend()
    cable.clog()
    const asked = Array.from({ length: 20 }, () => assert.rejects(store.ping(), StorageError))
    const ms = await msOf(() => Promise.all(asked))
    assert.ok(ms < 2_000, `${ms} ms`)
    await cable.mend()
    await store.ping()
  })

  it('takes a connection for dead that says nothing for too long, and makes a new one', async (t) => {
    const { cable, store } = await openByCable(t, { connections: 1, statementTimeoutMs: 100 })
    cable.clog()
    await assert.rejects(store.ping(), StorageError)
    await cable.mend()
    await store.ping()
  })

  it('lives on when the server ends its connections, resting and working ones', async (t) => {
    const { cable, store } = await openByCable(t)
    await Promise.all(Array.from({ length: 5 }, () => store.ping()))
    const work = store.transaction(async (tables) => {
      await tables.messages.find('a')
      await cable.cut()
      await tables.messages.find('a')
    })
    await assert.rejects(work, StorageError)
    await assert.rejects(store.ping(), StorageError)
    await cable.mend()
    await store.ping()
  })

  it('goes on when a table has got a column', async (t) => {
    const [store, , { schema }] = await openTwo(t)
    await insertMessages(store, sampleMessage({ id: 'a' }))
    const find = () => store.messages.findMany(['a'])
    const all = () => Promise.all(Array.from({ length: 5 }, find))
    await all()
    await postgres.query(`alter table ${schema}.sms_log add column later text`)
    assert.deepEqual(idsOf((await all()).flat()), ['a', 'a', 'a', 'a', 'a'])
    await postgres.query(`alter table ${schema}.sms_log add column later_still text`)
    const found = await store.transaction((tables) => tables.messages.findMany(['a']))
    assert.deepEqual(idsOf(found), ['a'])
  })

  it('refuses a database of a newer version', async (t) => {
    const [store, , { schema }] = await openTwo(t)
    await postgres.query(`insert into ${schema}.sms_migration values ('9999-future', 0)`)
    await assert.rejects(store.migrate(), /newer version.*9999-future/)
    await assert.rejects(store.migrationStatus(), /newer version.*9999-future/)
  })

  it('does not take the tables of another schema for its own', async (t) => {
    await openTwo(t)
    const other = await postgres.open()
    t.after(() => other.close())
    assert.deepEqual((await other.migrationStatus()).applied, [])
  })
})

describe('a pool of the host', () => {
  it('is used as it is, left as it is, and not ended', async (t) => {
    const { schema, url } = postgres.newPlace()
    await postgres.query(`create schema ${schema}`)
    const options = `-c search_path=${schema} -c synchronous_commit=off`
    const pool = new Pool({ connectionString: url, options, max: 1 })
    t.after(async () => {
      const removed = once(pool, 'remove')
      await pool.end()
      await removed
    })
    const settings = async () =>
      (
        await pool.query(
          "select current_setting('lock_timeout') as a, current_setting('synchronous_commit') as b",
        )
      ).rows
    const before = await settings()
    const store = openPostgres({ pool })
    await store.migrate()
    await store.transaction(async (tables) => {
      await tables.messages.insert([
        { message: sampleMessage({ id: 'a' }), idempotencyKey: undefined, requestHash: undefined },
      ])
    })
    assert.equal((await store.messages.find('a'))?.createdAt, sampleMessage({ id: 'a' }).createdAt)
    await store.close()
    assert.deepEqual(await settings(), before)
    const { rows } = await pool.query(`select created_at from ${schema}.sms_log`)
    assert.deepEqual(rows, [{ created_at: String(sampleMessage({ id: 'a' }).createdAt) }])
  })
})

describe('two stores on one database', () => {
  it('migrate at once, one after the other', async (t) => {
    for (let round = 0; round < 3; round++) {
      const place = postgres.newPlace()
      const stores = Array.from({ length: 4 }, () => openPostgres(place))
      for (const store of stores) t.after(() => store.close())
      // Connected, so that they meet.
      await Promise.all(stores.map((store) => store.ping()))
      const reports = await Promise.all(stores.map((store) => store.migrate()))
      // Each migration is done by one of them, whoever comes first.
      const applied = reports.flatMap((report) => report.applied)
      assert.deepEqual(
        applied.toSorted(),
        migrations.map(({ name }) => name),
      )
    }
  })

  it('claim without waiting for each other', async (t) => {
    const [one, two] = await openTwo(t)
    await insertMessages(one, ...['a', 'b', 'c'].map((id) => sampleMessage({ id })))
    const claim = { now: start, leaseUntil: start + 30_000, limit: 2 }
    await one.transaction(async (tables) => {
      const first = idsOf(await tables.messages.claimDue(claim))
      const second = idsOf(await two.messages.claimDue(claim))
      assert.deepEqual([first.length, second.length], [2, 1])
    })
  })

  it('count exactly', async (t) => {
    const [one, two] = await openTwo(t)
    const taken = await Promise.all(
      Array.from({ length: 60 }, (_, i) => takeOne(i % 2 === 0 ? one : two, 'k', 7)),
    )
    assert.equal(taken.filter(Boolean).length, 7)
  })

  it('give way to each other where each waits for the other, and both come through', async (t) => {
    const [one, two] = await openTwo(t)
    await insertMessages(one, sampleMessage({ id: 'a' }), sampleMessage({ id: 'b' }))
    let runs = 0
    let holding = 0
    const inside = Promise.withResolvers<void>()
    const work = (store: typeof one, first: string, second: string) =>
      store.transaction(async (tables) => {
        runs++
        await tables.messages.findMany([first])
        // Only when both hold their row do they wait for each other's.
        if (++holding === 2) inside.resolve()
        await inside.promise
        const moves = [sampleMove({ id: second, status: 'ACCEPTED' })]
        return (await tables.messages.advance(moves)).size
      })
    const sizes = await Promise.all([work(one, 'a', 'b'), work(two, 'b', 'a')])
    assert.deepEqual([sizes, runs], [[1, 1], 3])
  })

  it('never leave a callback that came first without its message', async (t) => {
    const [one, two] = await openTwo(t)
    await insertMessages(one, sampleMessage({ id: 'm' }))
    const bothRead = Promise.withResolvers<void>()
    const orphan = sampleEvent({ messageId: undefined, providerMsgId: 'SM1', dedupeKey: 'k' })
    // The callback looks for the SID, finds nobody, and keeps its event for later.
    const callback = two.transaction(async (tables) => {
      assert.deepEqual(await tables.messages.findByProviderIds(['SM1']), [])
      bothRead.resolve()
      await tables.events.append([orphan])
      // Time enough for the other one to look too early.
      for (let i = 0; i < 20; i++) await tables.messages.find('m')
    })
    // The answer to the send brings the SID at the same time, and looks for such events.
    const answer = one.transaction(async (tables) => {
      const moves = [sampleMove({ id: 'm', status: 'ACCEPTED', providerMsgId: 'SM1' })]
      await tables.messages.advance(moves)
      await bothRead.promise
      return tables.events.adopt([{ providerMsgId: 'SM1', messageId: 'm' }])
    })
    await callback
    assert.equal((await answer).length, 1)
  })

  it('hear of the messages of the other one, not of their own', async (t) => {
    const [one, two] = await openTwo(t)
    const heard: string[] = []
    const listen = (store: typeof one, name: string) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      // The first signal says that it listens from now on.
      const forget = store.onWake?.(() => {
        heard.push(name)
        resolve()
      })
      t.after(() => forget?.())
      return promise
    }
    await Promise.all([listen(one, 'one'), listen(two, 'two')])
    heard.length = 0
    const woken = new Promise<void>((resolve) => two.onWake?.(resolve))
    await insertMessages(one, sampleMessage({ id: 'a' }))
    await woken
    await one.ping()
    assert.deepEqual(heard, ['two'])
  })
})
