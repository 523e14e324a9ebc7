import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { BetterSQLiteSession } from 'drizzle-orm/better-sqlite3/session'
import { BaseSQLiteDatabase, SQLiteSyncDialect } from 'drizzle-orm/sqlite-core'
import { CamelCasePlugin, Kysely, SqliteDialect } from 'kysely'
import { openSqlite } from '../../src/storage/engines/sqlite.ts'
import { createFolder } from '../cli/program.ts'
import { openFor } from '../storage/samples.ts'
import { type Host, phone, startApp, transactionContract } from './contract.ts'
import { killedHostContract } from './killed.ts'

/** The host's own connection to the file of the app. */
async function openFile(t: TestContext) {
  const file = join(await createFolder(t), 'shop.db')
  const database = new DatabaseSync(file, { timeout: 5_000 })
  t.after(() => database.close())
  database.exec('pragma journal_mode = wal; create table shop_order (name text)')
  const orders = async () =>
    database
      .prepare('select name from shop_order')
      .all()
      .map((row) => String(row['name']))
  const order = async (name: string) =>
    database.prepare('insert into shop_order values (?)').run(name)
  /** BEGIN and COMMIT by hand around a handle. */
  const inTransaction = (transaction: Host['outside']): Host['inTransaction'] => {
    return async (work) => {
      database.exec('begin immediate')
      try {
        await work(transaction, order)
        database.exec('commit')
      } catch (error) {
        database.exec('rollback')
        throw error
      }
    }
  }
  return { file, database, order, orders, inTransaction, place: `file:${file}` }
}

transactionContract(
  'node:sqlite',
  async (t) => {
    const { database, orders, inTransaction, place } = await openFile(t)
    return {
      database: place,
      outside: database,
      orders,
      inTransaction: inTransaction(database),
    }
  },
  { rounds: 200 },
)

/** As much of better-sqlite3 as Kysely's dialect asks for, over node:sqlite. */
function likeBetterSqlite(database: DatabaseSync) {
  return {
    close: () => undefined,
    prepare(text: string) {
      const statement = database.prepare(text)
      return {
        reader: statement.columns().length > 0,
        all: (values: readonly unknown[]) => statement.all(...(values as string[])),
        run: (values: readonly unknown[]) => statement.run(...(values as string[])),
        iterate: () => {
          throw new Error('not needed')
        },
      }
    },
  }
}

transactionContract('Kysely over SQLite', async (t) => {
  const { database, orders, place } = await openFile(t)
  const db = new Kysely<{ shopOrder: { name: string } }>({
    dialect: new SqliteDialect({ database: likeBetterSqlite(database) }),
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

transactionContract('Drizzle over a synchronous SQLite', async (t) => {
  const { database, orders, inTransaction, place } = await openFile(t)
  const dialect = new SQLiteSyncDialect()
  const session = new BetterSQLiteSession(database, dialect, undefined)
  const db = new BaseSQLiteDatabase('sync', dialect, session as never, undefined)
  return { database: place, outside: db, orders, inTransaction: inTransaction(db) }
})

killedHostContract('SQLite', async (t) => {
  const place = join(await createFolder(t), 'sms.db')
  return { place, store: await openFor(t, async () => openSqlite(place)) }
})

describe('a host that writes to the same file in the same process', () => {
  it('never finds it locked, whatever the app does between two turns of the event loop', async (t) => {
    const { database, order, orders, place } = await openFile(t)
    const test = await startApp(t, place, { delivery: { idlePollMs: 10 } })
    // Its connection does not wait: a synchronous one that did would stop the app as well.
    database.exec('pragma busy_timeout = 0')
    const rounds = 40
    const sending = Array.from({ length: rounds }, async (_, i) => {
      for (let j = 0; j < i % 5; j++) await turn()
      const to = `+1415556${String(i).padStart(4, '0')}`
      const started = await test.app.messages.send({ toPhone: to, message: 'x' })
      assert.equal(started.kind, 'accepted')
    })
    let written = 0
    while (test.twilio.messages().length < rounds) {
      await order(`${written++}`)
      await turn()
    }
    await Promise.all(sending)
    assert.equal((await orders()).length, written)
  })
})

describe('a transaction that cannot hold a message', () => {
  const refused = (reason: string) => ({ name: 'TwilioTransactionError', reason })

  it('is of another database: nothing is written, and the host goes on', async (t) => {
    const mine = await openFile(t)
    const other = await openFile(t)
    const test = await startApp(t, mine.place)
    const send = (transaction: object) =>
      test.app.messages.send(
        { toPhone: phone, message: 'x' },
        { transaction: transaction as DatabaseSync },
      )
    other.database.exec('begin')
    await assert.rejects(send(other.database), refused('no-tables'))
    other.database.exec('create table sms_migration (name text)')
    await assert.rejects(send(other.database), refused('other-database'))
    other.database.exec('commit')
    await assert.rejects(send({}), refused('unknown-handle'))
    await assert.rejects(send({ query: async () => ({ rows: [] }) }), refused('other-database'))
  })

  it('leaves all of a message or nothing where the host goes on after a failure', async (t) => {
    const { database, place } = await openFile(t)
    const messagesPerPhone = [{ limit: 9, windowSeconds: 60 }]
    const test = await startApp(t, place, { throttles: { messagesPerPhone } })
    const send = () =>
      test.app.messages.send({ toPhone: phone, message: 'x' }, { transaction: database })
    database.exec(`create trigger no_event before insert on sms_event
      begin select raise(abort, 'the host forbids it'); end`)
    database.exec('begin')
    await assert.rejects(send(), /the host forbids it/)
    database.exec('commit')
    assert.deepEqual(database.prepare('select * from sms_log').all(), [])
    assert.deepEqual(database.prepare('select * from sms_throttle').all(), [])
  })
})
