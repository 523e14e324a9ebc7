import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { describe, it, type TestContext } from 'node:test'
import { Kysely, sql } from 'kysely'
import { sqliteEngine } from './engines/sqlite.ts'
import { createSqliteDialects } from './engines/sqlite-dialect.ts'
import { createMigrator } from './migrate.ts'
import { migrations } from './migrations/index.ts'
import type { Migration } from './migrations/migration.ts'
import type { Schema } from './schema.ts'
import { dumpSqlite, sqliteDump } from './schema/dump.ts'

describe('the schema', () => {
  it('is the checked-in one (to renew it see schema/dump.ts)', async () => {
    assert.equal(await dumpSqlite(), readFileSync(sqliteDump, 'utf8'))
  })
})

describe('released migrations', () => {
  const folder = new URL('migrations/', import.meta.url)
  const files = readdirSync(folder).filter((name) => /^\d{4}-/.test(name))

  it('are never edited: a change of the schema is a new migration', () => {
    const recorded: unknown = JSON.parse(readFileSync(new URL('checksums.json', folder), 'utf8'))
    const actual = files.map((name) => {
      const digest = createHash('sha256').update(readFileSync(new URL(name, folder)))
      return [name, digest.digest('hex')]
    })
    assert.deepEqual(recorded, Object.fromEntries(actual))
  })

  it('are all listed, by the names of their files, in order', () => {
    assert.deepEqual(
      migrations.map(({ name }) => `${name}.ts`),
      files.toSorted(),
    )
  })
})

function openMigrator(t: TestContext, list: Migration[]) {
  const database = new DatabaseSync(':memory:')
  t.after(() => database.close())
  const dialect = createSqliteDialects({ database, file: ':memory:' }).dialectFor(0)
  const session = {
    db: new Kysely<Schema>({ dialect }),
    engine: sqliteEngine,
    inTransaction: false,
  }
  return {
    database,
    withList: (migrations: Migration[]) =>
      createMigrator(session, { place: ':memory:', now: () => 42 }, migrations),
    ...createMigrator(session, { place: ':memory:', now: () => 42 }, list),
  }
}

function makes(name: string): Migration {
  return { name, up: (db) => db.schema.createTable(`t_${name}`).addColumn('x', 'text').execute() }
}

describe('migrate', () => {
  it('leaves nothing of a migration that breaks off, and goes on from there', async (t) => {
    const broken: Migration = {
      name: '2',
      async up(db) {
        await makes('2').up(db, sqliteEngine)
        await sql`insert into nowhere values (1)`.execute(db)
      },
    }
    const migrator = openMigrator(t, [makes('1'), broken, makes('3')])
    await assert.rejects(migrator.migrate(), /nowhere/)
    assert.deepEqual(await migrator.migrationStatus(), { applied: ['1'], pending: ['2', '3'] })
    const mended = migrator.withList([makes('1'), makes('2'), makes('3')])
    assert.deepEqual(await mended.migrate(), { applied: ['2', '3'], pending: [] })
  })

  it('records when each migration was applied', async (t) => {
    const migrator = openMigrator(t, [makes('1')])
    await migrator.migrate()
    const row = migrator.database.prepare('select * from sms_migration').get()
    assert.deepEqual({ ...row }, { name: '1', applied_at: 42 })
  })

  it('runs once when called several times at once', async (t) => {
    const migrator = openMigrator(t, [makes('1'), makes('2')])
    const reports = await Promise.all(Array.from({ length: 5 }, () => migrator.migrate()))
    assert.deepEqual(reports.flatMap((report) => report.applied).toSorted(), ['1', '2'])
  })
})

describe('the migration to opt-outs by sender', () => {
  it('keeps those of before for every sender, and lets the version of before go on', async (t) => {
    const before = migrations.filter(({ name }) => name < '0006')
    const migrator = openMigrator(t, before)
    await migrator.migrate()
    const insert = 'insert into sms_opt_out (phone, reason, created_at) values (?, ?, ?)'
    const add = (phone: string, reason: string) =>
      migrator.database.prepare(`${insert} on conflict do nothing`).run(phone, reason, 7)
    add('+1', 'refused by the carrier (21610)')
    add('+2', 'asked by mail')
    await migrator.withList([...migrations]).migrate()
    add('+2', 'again')
    add('+3', 'asked by mail')
    const rows = migrator.database.prepare('select * from sms_opt_out order by phone').all()
    assert.deepEqual(
      rows.map((row) => Object.values(row)),
      [
        ['+1', '', 'carrier', 'refused by the carrier (21610)', 7],
        ['+2', '', 'host', 'asked by mail', 7],
        ['+3', '', 'host', 'asked by mail', 7],
      ],
    )
  })
})
