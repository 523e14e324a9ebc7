import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkDatabase } from '../../src/commands/doctor/database-check.ts'
import { readSettings } from '../../src/config.ts'
import { openPostgres } from '../../src/storage/engines/postgres.ts'
import { startPostgres } from './server.ts'

const postgres = await startPostgres()

async function shapeOf(schema: string) {
  const columns = await postgres.query(
    `select table_name, column_name, data_type, is_nullable, column_default is null as plain
     from information_schema.columns
     where table_schema = '${schema}' and table_name <> 'sms_migration' order by 1, 2`,
  )
  const indexes = await postgres.query(
    `select replace(indexdef, '${schema}.', '') as index from pg_indexes
     where schemaname = '${schema}' and tablename <> 'sms_migration' order by 1`,
  )
  return { columns, indexes }
}

describe('migrationPlan', () => {
  it('is SQL that makes the same tables, and nothing of it has run', async (t) => {
    const [planned, migrated] = [postgres.newPlace(), postgres.newPlace()]
    await postgres.query(`create schema ${planned.schema}`)
    const store = openPostgres(planned)
    t.after(() => store.close())
    const plan = await store.migrationPlan()
    assert.deepEqual((await shapeOf(planned.schema)).columns, [])
    const script = plan.flatMap(({ statements }) => statements).join(';\n')
    await postgres.query(`set search_path to ${planned.schema};\n${script}`)

    const other = openPostgres(migrated)
    t.after(() => other.close())
    await other.migrate()
    const shape = await shapeOf(migrated.schema)
    assert.ok(shape.columns.length > 50)
    assert.deepEqual(await shapeOf(planned.schema), shape)
    assert.deepEqual(await other.migrationPlan(), [])
  })
})

describe('the doctor', () => {
  it('looks at migrations and clock of a PostgreSQL, and makes nothing', async (t) => {
    const place = postgres.newPlace()
    const { database } = readSettings({
      twilio: { accountSid: `AC${'0'.repeat(32)}`, authToken: '0'.repeat(32), defaultFrom: 'Shop' },
      publicUrl: 'https://example.com',
      database: place,
    })
    const before = await checkDatabase(database)
    assert.deepEqual(
      before.map(({ check, state }) => [check, state]),
      [
        ['database', 'warning'],
        ['clock', 'good'],
      ],
    )
    assert.match(before[0]?.words ?? '', /^PostgreSQL, 0 migrations applied, \d+ missing$/)
    assert.deepEqual((await shapeOf(place.schema)).columns, [])
    const store = openPostgres(place)
    t.after(() => store.close())
    await store.migrate()
    assert.equal((await checkDatabase(database))[0]?.state, 'good')
  })
})
