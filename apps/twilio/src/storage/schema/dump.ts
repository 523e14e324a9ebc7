import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openSqlite } from '../engines/sqlite.ts'

// The schema as the migrations leave it, checked in so that a change of it shows in review. To renew:
//   node --conditions=source apps/twilio/src/storage/schema/dump.ts

/** The file that the dump is compared with. */
export const sqliteDump = new URL('sqlite.sql', import.meta.url)

/** Makes a new database and answers its schema as SQL. */
export async function dumpSqlite(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'hsb-twilio-schema-'))
  try {
    const file = join(folder, 'schema.db')
    const store = openSqlite(file)
    await store.migrate()
    await store.close()
    return readSchema(file)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function readSchema(file: string): string {
  const database = new DatabaseSync(file, { readOnly: true })
  const rows = database
    .prepare(
      `select sql from sqlite_schema where sql is not null and name not like 'sqlite_%'
       order by tbl_name, type desc, name`,
    )
    .all()
  database.close()
  return rows.map((row) => `${pretty(String(row['sql']))};\n`).join('')
}

/** One column a line. */
function pretty(statement: string): string {
  if (!/^create table/i.test(statement)) return statement
  return statement.replace(' (', ' (\n  ').replaceAll(', "', ',\n  "').replace(/\)$/, '\n)')
}

if (import.meta.main) writeFileSync(sqliteDump, await dumpSqlite())
