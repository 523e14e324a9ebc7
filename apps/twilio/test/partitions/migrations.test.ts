import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { Kysely, PostgresDialect } from 'kysely'
import { Pool } from 'pg'
import { createPostgresEngine, openPostgres } from '../../src/storage/engines/postgres.ts'
import { migrations } from '../../src/storage/migrations/index.ts'
import { startPostgres } from '../postgres/server.ts'
import { openFor } from '../storage/samples.ts'
import { operate, partition, type Place } from './partitioned.ts'

const postgres = await startPostgres()

/** The tables as the first `count` migrations leave them. */
async function migrateTo(count: number, { url, schema }: Place): Promise<void> {
  await postgres.query(`create schema ${schema}`)
  const pool = new Pool({ connectionString: url, options: `-c search_path=${schema}`, max: 1 })
  const removed = once(pool, 'remove')
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  const place = { url, schema }
  for (const migration of migrations.slice(0, count)) {
    await migration.up(db, createPostgresEngine('test', schema))
    await operate(
      place,
      'create table if not exists sms_migration (name text primary key, applied_at bigint not null)',
      `insert into sms_migration values ('${migration.name}', 0)`,
    )
  }
  await db.destroy()
  await removed
}

/** Columns and indexes of both tables and of one of their partitions, names of indexes apart. */
async function shapeOf(place: Place): Promise<unknown[]> {
  const tables = ['sms_log', 'sms_event', 'sms_log_2026_12', 'sms_event_2026_12']
  return Promise.all(
    tables.map((table) =>
      operate(
        place,
        `select attname || ' ' || atttypid::regtype || ' ' || attnotnull as line
         from pg_attribute where attrelid = '${table}'::regclass and attnum > 0
         union all
         select regexp_replace(pg_get_indexdef(indexrelid), 'INDEX \\S+ ON (ONLY )?\\S+', '')
         from pg_index where indrelid = '${table}'::regclass
         order by 1`,
      ),
    ),
  )
}

describe('a migration of a later version', () => {
  for (let count = 1; count < migrations.length; count++) {
    it(`leaves partitioned tables as if they had been partitioned after it: from ${migrations[count]?.name}`, async (t) => {
      const [early, late] = [postgres.newPlace(), postgres.newPlace()]
      await migrateTo(count, early)
      await migrateTo(migrations.length, late)
      for (const place of [early, late]) {
        await partition(place, '2026-11-01Z')
        await operate(place, `select sms_make_months(1, '2026-11-24Z')`)
      }
      const store = await openFor(t, async () => openPostgres(early))
      assert.deepEqual((await store.migrationStatus()).pending, [])
      assert.deepEqual(await shapeOf(early), await shapeOf(late))
    })
  }
})

describe('the migration to opt-outs by sender', () => {
  it('keeps those of before for every sender', async (t) => {
    const place = postgres.newPlace()
    await migrateTo(migrations.filter(({ name }) => name < '0006').length, place)
    const add = (phone: string, reason: string) =>
      operate(
        place,
        `insert into sms_opt_out (phone, reason, created_at)
         values ('${phone}', '${reason}', 7) on conflict do nothing`,
      )
    await add('+1', 'refused by the carrier (21610)')
    await add('+2', 'asked by mail')
    const store = await openFor(t, async () => openPostgres(place))
    await add('+2', 'again')
    const kept = await store.optOuts.list({ limit: 9 })
    assert.deepEqual(
      kept.map(({ phone, sender, source }) => [phone, sender, source]),
      [
        ['+2', '', 'host'],
        ['+1', '', 'carrier'],
      ],
    )
  })
})
