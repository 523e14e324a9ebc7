import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { describe, it, type TestContext } from 'node:test'
import { Kysely, sql } from 'kysely'
import { StorageError } from '../errors.ts'
import { createSqliteDialects } from './sqlite-dialect.ts'

interface Notes {
  note: { text: string }
}

function openNotes(t: TestContext): { database: DatabaseSync; db: Kysely<Notes> } {
  const database = new DatabaseSync(':memory:')
  t.after(() => database.close())
  database.exec('create table note (text text)')
  const dialect = createSqliteDialects({ database, file: 'notes.db' }).dialectFor(0)
  return { database, db: new Kysely<Notes>({ dialect }) }
}

function write(db: Kysely<Notes>, text: string): Promise<unknown> {
  return db.insertInto('note').values({ text }).execute()
}

async function textsOf(db: Kysely<Notes>): Promise<string[]> {
  return (await db.selectFrom('note').select('text').execute()).map((row) => row.text)
}

function isFull(error: unknown): boolean {
  return error instanceof StorageError && /^notes\.db: .*full/.test(error.message)
}

describe('createSqliteDialects', () => {
  it('writes nothing more in a transaction that SQLite has ended by itself', async (t) => {
    const { db } = openNotes(t)
    const work = db.transaction().execute(async (trx) => {
      await write(trx, 'before')
      await sql`rollback`.execute(trx)
      await write(trx, 'after').catch(() => undefined)
    })
    await assert.rejects(work, StorageError)
    assert.deepEqual(await textsOf(db), [])
  })

  it('says that the disk is full, keeps what was there, and goes on when there is room', async (t) => {
    const { database, db } = openNotes(t)
    await write(db, 'kept')
    const { page_count: pages } = database.prepare('pragma page_count').get() ?? {}
    database.exec(`pragma max_page_count = ${Number(pages)}`)
    const long = 'x'.repeat(100_000)
    await assert.rejects(write(db, long), isFull)
    await assert.rejects(
      db.transaction().execute(async (trx) => {
        await write(trx, 'with it')
        await write(trx, long)
      }),
      isFull,
    )
    assert.deepEqual(await textsOf(db), ['kept'])
    database.exec('pragma max_page_count = 1000')
    await write(db, long)
    assert.deepEqual(await textsOf(db), ['kept', long])
  })

  it('passes on what is our own mistake as it is', async (t) => {
    const { db } = openNotes(t)
    await assert.rejects(sql`select * from nowhere`.execute(db), (error) => {
      return error instanceof Error && !(error instanceof StorageError)
    })
    await assert.rejects(sql`insert into note values (${{}})`.execute(db), TypeError)
  })

  it('goes on working with more statements than it keeps prepared', async (t) => {
    const { db } = openNotes(t)
    for (let i = 0; i < 450; i++) await sql`insert into note values (${sql.lit(i)})`.execute(db)
    for (let i = 0; i < 450; i += 50) {
      await sql`insert into note values (${sql.lit(i)})`.execute(db)
    }
    assert.equal((await textsOf(db)).length, 459)
  })
})
