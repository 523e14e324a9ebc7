import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, it, type TestContext } from 'node:test'
import {
  idsOf,
  insertMessages,
  openFor,
  sampleMessage,
  sampleOptOut,
  sampleVerification,
  start,
} from '../../../test/storage/samples.ts'
import { takeOne } from '../../../test/storage/throttle-contract.ts'
import { storeContract } from '../../../test/store-contract.ts'
import { StorageError } from '../errors.ts'
import { assertSafeSqlite, openSqlite } from './sqlite.ts'

const root = mkdtempSync(join(tmpdir(), 'hsb-twilio-sqlite-'))
after(() => rmSync(root, { recursive: true }))
let files = 0
const newFile = () => join(root, `${files++}.db`)

/** What a second connection sees of a file. */
function look(t: TestContext, file: string): DatabaseSync {
  const database = new DatabaseSync(file)
  t.after(() => database.close())
  return database
}

async function openTwo(t: TestContext, busyTimeoutMs?: number) {
  const file = newFile()
  const open = async () => openSqlite(file, { busyTimeoutMs })
  return [await openFor(t, open), await openFor(t, open)] as const
}

const newer = (error: unknown) =>
  error instanceof StorageError && /newer version.*9999-future/.test(error.message)

storeContract('sqlite in memory', async () => openSqlite(':memory:'), { writers: 'one' })
storeContract('sqlite file', async () => openSqlite(newFile()), { writers: 'one' })

describe('openSqlite', () => {
  it('names the file and what is wrong with its place', () => {
    const text = newFile()
    writeFileSync(text, 'this is no database, but long enough to be taken for one at first sight')
    const folder = newFile()
    mkdirSync(folder)
    const cases: [file: string, words: RegExp][] = [
      [join(root, 'missing', 'sms.db'), /missing.*does not exist/],
      [join(text, 'sms.db'), /is not a folder/],
      [folder, /is not a file/],
      [text, /not a database/],
    ]
    for (const [file, words] of cases) {
      assert.throws(
        () => openSqlite(file),
        (error) =>
          error instanceof StorageError &&
          error.message.startsWith(file) &&
          words.test(error.message),
      )
    }
  })

  // Not even root may write there.
  it('makes its files readable by their owner alone', async () => {
    const file = newFile()
    const store = openSqlite(file)
    await store.migrate()
    for (const one of [file, `${file}-wal`]) assert.equal(statSync(one).mode & 0o777, 0o600, one)
    await store.close()
  })

  it('names a folder that cannot be written to', { skip: process.platform !== 'linux' }, () => {
    assert.throws(() => openSqlite('/proc/sms.db'), /^StorageError: \/proc\/sms\.db: /)
  })

  it('refuses a SQLite that may damage files', () => {
    for (const version of ['3.50.4', '3.51.2', '2.99.99', '0'])
      assert.throws(() => assertSafeSqlite(version), StorageError)
    for (const version of ['3.51.3', '3.53.0', '4.0.0']) assertSafeSqlite(version)
  })

  it('keeps rows over a restart', async () => {
    const file = newFile()
    const first = openSqlite(file)
    await first.migrate()
    await insertMessages(first, sampleMessage({ id: 'a' }))
    await first.close()
    const second = openSqlite(file)
    assert.equal((await second.messages.find('a'))?.id, 'a')
    await second.close()
  })

  it('writes ahead', async (t) => {
    const file = newFile()
    await openFor(t, async () => openSqlite(file))
    const mode = look(t, file).prepare('pragma journal_mode').get()
    assert.equal(mode?.['journal_mode'], 'wal')
  })

  it('refuses a database of a newer version', async (t) => {
    const file = newFile()
    const store = await openFor(t, async () => openSqlite(file))
    look(t, file).exec("insert into sms_migration values ('9999-future', 0)")
    await assert.rejects(store.migrate(), newer)
    await assert.rejects(store.migrationStatus(), newer)
  })

  it('leaves nothing of deleted and overwritten rows in the file', async (t) => {
    const file = newFile()
    const store = await openFor(t, async () => openSqlite(file))
    const phones = Array.from({ length: 500 }, (_, i) => `+1999555${String(i).padStart(4, '0')}`)
    for (const phone of phones) {
      await store.optOuts.add(sampleOptOut({ phone, reason: `canary reason ${phone}` }))
      await store.throttles.save([{ key: `canary:${phone}`, hits: [], expiresAt: start }])
    }
    const canary = `canary ${'x'.repeat(60)}`
    await store.verifications.insert(sampleVerification({ id: 'v', providerSid: canary }))
    const checkpoint = () =>
      look(t, file).prepare('pragma wal_checkpoint(truncate)').get()?.['busy'] === 0
    assert.ok(checkpoint())
    const count = () => readFileSync(file, 'latin1').split('canary').length - 1
    assert.ok(count() > 1_000, 'the canaries were in the file')

    for (const phone of phones) await store.optOuts.remove(phone)
    assert.equal(await store.throttles.sweep(start, 1_000), 500)
    await store.verifications.setProviderSid('v', 'VE', start)
    assert.ok(checkpoint())
    assert.equal(count(), 0)
  })
})

describe('two connections to one file', () => {
  it('count exactly', async (t) => {
    const stores = await openTwo(t)
    const taken = await Promise.all(
      Array.from({ length: 60 }, (_, i) => takeOne(stores[i % 2 === 0 ? 0 : 1], 'k', 7)),
    )
    assert.equal(taken.filter(Boolean).length, 7)
  })

  it('never claim the same message', async (t) => {
    const [one, two] = await openTwo(t)
    const ids = Array.from({ length: 60 }, (_, i) => `m${i + 100}`)
    await insertMessages(one, ...ids.map((id) => sampleMessage({ id })))
    const claim = { now: start, leaseUntil: start + 30_000, limit: 7 }
    const claims = await Promise.all(
      Array.from({ length: 10 }, (_, i) => {
        const store = i % 2 === 0 ? one : two
        return store.transaction((tables) => tables.messages.claimDue(claim))
      }),
    )
    assert.deepEqual(idsOf(claims.flat()).toSorted(), ids)
  })

  it('wait for each other without stopping the event loop, and give up in the end', async (t) => {
    const [one, two] = await openTwo(t, 20)
    let refused: unknown
    await one.transaction(async (tables) => {
      await tables.messages.find('a')
      // Only a living event loop lets this end while the lock is held.
      refused = await two.transaction(async () => undefined).catch((error: unknown) => error)
    })
    assert.ok(refused instanceof StorageError)
    assert.match(refused.message, /locked/)
    await two.transaction((tables) => tables.messages.insert([]))
  })
})
