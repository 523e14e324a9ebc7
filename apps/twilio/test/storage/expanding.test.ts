import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { join } from 'node:path'
import { Kysely } from 'kysely'
import { createSqliteDialects } from '../../src/storage/engines/sqlite-dialect.ts'
import { sqliteEngine } from '../../src/storage/engines/sqlite.ts'
import { createMigrator } from '../../src/storage/migrate.ts'
import { migrations } from '../../src/storage/migrations/index.ts'
import type { Migration } from '../../src/storage/migrations/migration.ts'
import type { Schema } from '../../src/storage/schema.ts'
import { createFolder } from '../cli/program.ts'

interface Column {
  table: string
  name: string
  type: string
  /** False where an insert that does not know the column goes through. */
  isNeeded: boolean
}

/** The columns and the unique indexes of a database that has had these migrations. */
async function schemaAfter(file: string, some: readonly Migration[]) {
  const database = new DatabaseSync(file)
  const { dialectFor, close } = createSqliteDialects({ database, file })
  const db = new Kysely<Schema>({ dialect: dialectFor(1_000) })
  const session = { db, engine: sqliteEngine, inTransaction: false }
  await createMigrator(session, { place: file, now: () => 0 }, some).migrate()
  const columns: Column[] = database
    .prepare(
      `select t.name as "table", c.name, c.type, c."notnull" = 1 and c.dflt_value is null as needed
       from sqlite_schema t, pragma_table_info(t.name) c where t.type = 'table'`,
    )
    .all()
    .map((row) => ({
      table: String(row['table']),
      name: String(row['name']),
      type: String(row['type']),
      isNeeded: row['needed'] === 1,
    }))
  const unique = database
    .prepare(`select tbl_name, sql from sqlite_schema where sql like 'CREATE UNIQUE INDEX%'`)
    .all()
    .map((row) => ({ table: String(row['tbl_name']), sql: String(row['sql']) }))
  await close()
  return { columns, unique }
}

describe('a process of the version before', () => {
  for (const [i, { name }] of migrations.entries()) {
    if (i === 0) continue
    it(`finds all that it knows after ${name}, and can go on inserting`, async (t) => {
      const folder = await createFolder(t)
      const before = await schemaAfter(join(folder, 'before.db'), migrations.slice(0, i))
      const after = await schemaAfter(join(folder, 'after.db'), migrations.slice(0, i + 1))
      const nameOf = ({ table, name: column, type }: Column) => `${table}.${column} ${type}`
      const known = new Set(before.columns.map(nameOf))
      const now = new Set(after.columns.map(nameOf))
      const gone = [...known].filter((one) => !now.has(one))
      assert.deepEqual(gone, [], 'something it reads or writes is gone')
      const tables = new Set(before.columns.map(({ table }) => table))
      const added = after.columns.filter((one) => !known.has(nameOf(one)) && tables.has(one.table))
      assert.deepEqual(added.filter((one) => one.isNeeded).map(nameOf), [], 'its inserts fail')
      const old = new Set(before.unique.map(({ sql }) => sql))
      const stricter = after.unique.filter(({ table, sql }) => tables.has(table) && !old.has(sql))
      assert.deepEqual(stricter, [], 'what it may write twice')
    })
  }
})
