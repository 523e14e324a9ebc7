import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sql as drizzleSql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { drizzle as drizzleJs } from 'drizzle-orm/postgres-js'
import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely'
import postgresJs from 'postgres'
import { openPostgres } from '../../src/storage/engines/postgres.ts'
import { startPostgres } from '../postgres/server.ts'
import { openFor } from '../storage/samples.ts'
import { phone, startApp, transactionContract } from './contract.ts'
import { killedHostContract } from './killed.ts'
import { byHand, connect, likePrisma, openShop } from './postgres-hosts.ts'

const postgres = await startPostgres()

transactionContract(
  'pg',
  async (t) => {
    const { place, url, pool, orders } = await openShop(t, postgres)
    const outside = await connect(t, url)
    return { database: place, outside, orders, inTransaction: (work) => byHand(pool, work) }
  },
  { rounds: 200 },
)

transactionContract('Kysely over PostgreSQL', async (t) => {
  const { place, pool, orders } = await openShop(t, postgres)
  const db = new Kysely<{ shopOrder: { name: string } }>({
    dialect: new PostgresDialect({ pool }),
    plugins: [new CamelCasePlugin()],
  })
  return {
    database: place,
    outside: db,
    orders,
    inTransaction: (work) =>
      db
        .transaction()
        .execute((trx) =>
          work(trx, (name) => trx.insertInto('shopOrder').values({ name }).execute()),
        ),
  }
})

transactionContract('Drizzle over pg', async (t) => {
  const { place, pool, orders } = await openShop(t, postgres)
  const db = drizzle(pool)
  return {
    database: place,
    outside: db,
    orders,
    inTransaction: (work) =>
      db.transaction((tx) =>
        work(tx, (name) => tx.execute(drizzleSql`insert into shop_order values (${name})`)),
      ),
  }
})

transactionContract('Drizzle over postgres', async (t) => {
  const { place, url, orders } = await openShop(t, postgres)
  const client = postgresJs(url, { max: 2 })
  t.after(() => client.end())
  const db = drizzleJs(client)
  return {
    database: place,
    outside: db,
    orders,
    inTransaction: (work) =>
      db.transaction((tx) =>
        work(tx, (name) => tx.execute(drizzleSql`insert into shop_order values (${name})`)),
      ),
  }
})

transactionContract('postgres', async (t) => {
  const { place, url, orders } = await openShop(t, postgres)
  const sql = postgresJs(url, { max: 2 })
  t.after(() => sql.end())
  return {
    database: place,
    outside: sql as never,
    orders,
    inTransaction: (work) =>
      sql.begin((tx) => work(tx, (name) => tx`insert into shop_order values (${name})`)),
  }
})

transactionContract('what behaves as Prisma', async (t) => {
  const { place, url, pool, orders } = await openShop(t, postgres)
  const outside = likePrisma(await connect(t, url))
  return {
    database: place,
    outside,
    orders,
    inTransaction: (work) => byHand(pool, (client, order) => work(likePrisma(client), order)),
  }
})

killedHostContract('PostgreSQL', async (t) => {
  const place = postgres.newPlace()
  const store = await openFor(t, async () => openPostgres(place))
  return { place: JSON.stringify(place), store }
})

describe('a transaction of the host on PostgreSQL', () => {
  it('keeps its search path, and its tables of the same names stay as they are', async (t) => {
    const { place, schema, pool } = await openShop(t, postgres)
    const test = await startApp(t, place)
    await byHand(pool, async (client) => {
      await client.query('set local search_path to pg_catalog')
      const input = { toPhone: phone, message: 'x', idempotencyKey: 'k' }
      const sent = await test.app.messages.send(input, { transaction: client })
      assert.equal(sent.kind, 'accepted')
      const { rows } = await client.query('show search_path')
      assert.deepEqual(rows, [{ search_path: 'pg_catalog' }])
    })
    assert.deepEqual(await postgres.query(`select * from ${schema}.sms_log`), [])
    assert.equal((await postgres.query(`select * from ${place.schema}.sms_log`)).length, 1)
  })

  it('may be one of the very pool that the app uses', async (t) => {
    const { place, schema, pool } = await openShop(t, postgres)
    await postgres.query(`drop table ${schema}.sms_log; drop table ${schema}.sms_event`)
    const own = await startApp(t, { pool })
    await byHand(pool, async (client) => {
      const input = { toPhone: phone, message: 'x' }
      assert.equal((await own.app.messages.send(input, { transaction: client })).kind, 'accepted')
    })
    await assert.rejects(postgres.query(`select * from ${place.schema}.sms_log`))
    assert.equal((await pool.query('select * from sms_log')).rows.length, 1)
    // Before its pool is ended.
    await own.stop()
  })

  it('is refused before anything breaks where our tables are missing', async (t) => {
    const { place, pool } = await openShop(t, postgres)
    const test = await startApp(t, place)
    await postgres.query(`drop table ${place.schema}.sms_log`)
    await byHand(pool, async (client) => {
      const sent = test.app.messages.send({ toPhone: phone, message: 'x' }, { transaction: client })
      await assert.rejects(sent, { name: 'TwilioTransactionError', reason: 'no-tables' })
      assert.equal((await client.query('select 1 as one')).rows.length, 1)
    })
  })

  it('gets the errors of the database as its client throws them', async (t) => {
    const { place, pool } = await openShop(t, postgres)
    const test = await startApp(t, place)
    const work = byHand(pool, async (client) => {
      await client.query('select 1 / 0').catch(() => undefined)
      await test.app.messages.send({ toPhone: phone, message: 'x' }, { transaction: client })
    })
    await assert.rejects(work, { code: '25P02' })
  })

  it('makes those wait who bring the same key, and gives them its message', async (t) => {
    const { place, pool } = await openShop(t, postgres)
    const test = await startApp(t, place)
    const input = { toPhone: phone, message: 'x', idempotencyKey: 'k' }
    let other: ReturnType<typeof test.app.messages.send> | undefined
    await byHand(pool, async (client) => {
      await test.app.messages.send(input, { transaction: client })
      other = test.app.messages.send(input)
      const waits = `select 1 from pg_locks where locktype = 'advisory' and not granted`
      while ((await postgres.query(waits)).length === 0);
    })
    const sent = await other
    assert.equal(sent?.kind === 'accepted' && sent.replayed, true)
  })
})
