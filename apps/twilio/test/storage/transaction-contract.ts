import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { StorageError } from '../../src/storage/errors.ts'
import {
  insertMessages,
  openFor,
  type OpenStore,
  sampleEvent,
  sampleMessage,
  sampleOptOut,
  start,
} from './samples.ts'

const entry = (id: string) => ({
  message: sampleMessage({ id }),
  idempotencyKey: undefined,
  requestHash: undefined,
})

export function transactionContract(open: OpenStore, writers: 'one' | 'many'): void {
  describe('transaction', () => {
    it('answers what the work answers and keeps what it wrote', async (t) => {
      const store = await openFor(t, open)
      const answer = await store.transaction(async (tables) => {
        await tables.messages.insert([entry('a')])
        return (await tables.messages.find('a'))?.id
      })
      assert.equal(answer, 'a')
      assert.equal((await store.messages.find('a'))?.id, 'a')
    })

    it('leaves nothing of work that fails, in no table', async (t) => {
      const store = await openFor(t, open)
      const work = store.transaction(async (tables) => {
        await tables.messages.insert([entry('a')])
        await tables.events.append([sampleEvent({ messageId: 'a', dedupeKey: 'k' })])
        await tables.optOuts.add(sampleOptOut({ phone: '+1' }))
        throw new TypeError('in the middle')
      })
      await assert.rejects(work, TypeError)
      assert.equal(await store.messages.find('a'), undefined)
      assert.deepEqual(await store.events.list('a'), [])
      assert.equal((await store.optOuts.find(['+1'])).length, 0)
      assert.deepEqual(await store.events.append([sampleEvent({ dedupeKey: 'k' })]), [true])
    })

    it('fails as a whole when a statement in it failed, even if the work went on', async (t) => {
      const store = await openFor(t, open)
      await insertMessages(store, sampleMessage({ id: 'taken' }))
      const work = store.transaction(async (tables) => {
        await tables.messages.insert([entry('a'), entry('taken')]).catch(() => undefined)
        await tables.messages.find('a').catch(() => undefined)
        await tables.messages.insert([entry('b')]).catch(() => undefined)
      })
      await assert.rejects(work, StorageError)
      assert.deepEqual(await store.messages.findMany(['a', 'b']), [])
      await insertMessages(store, sampleMessage({ id: 'c' }))
    })

    it('fails with what a write has failed with that came last', async (t) => {
      const store = await openFor(t, open)
      await insertMessages(store, sampleMessage({ id: 'taken' }))
      const work = store.transaction(async (tables) => {
        await tables.messages.insert([entry('a')])
        await tables.messages.insert([entry('taken')])
        await tables.messages.insert([entry('b')])
      })
      await assert.rejects(work, /unique|duplicate/i)
      assert.deepEqual(await store.messages.findMany(['a', 'b']), [])
      await insertMessages(store, sampleMessage({ id: 'c' }))
    })

    it('writes nothing of a statement that is still under way when the work fails', async (t) => {
      const store = await openFor(t, open)
      let strays: Promise<unknown> = Promise.resolve()
      const work = store.transaction(async (tables) => {
        strays = Promise.allSettled(
          Array.from({ length: 20 }, (_, i) => tables.messages.insert([entry(`stray ${i}`)])),
        )
        throw new Error('too early')
      })
      await assert.rejects(work, /too early/)
      await strays
      const ids = Array.from({ length: 20 }, (_, i) => `stray ${i}`)
      assert.deepEqual(await store.messages.findMany(ids), [])
    })

    it('hides uncommitted rows from readers outside', async (t) => {
      const store = await openFor(t, open)
      let outside: Promise<unknown> = Promise.resolve()
      const work = store.transaction(async (tables) => {
        await tables.messages.insert([entry('a')])
        outside = store.messages.find('a')
        await tables.messages.find('a')
        throw new Error('taken back')
      })
      await assert.rejects(work, /taken back/)
      assert.equal(await outside, undefined)
    })

    if (writers === 'one') {
      it('runs one after another in the order of the calls', async (t) => {
        const store = await openFor(t, open)
        const log: string[] = []
        await Promise.all(
          ['a', 'b', 'c'].map((id) =>
            store.transaction(async (tables) => {
              log.push(`${id} begins`)
              await tables.messages.insert([entry(id)])
              await tables.messages.find(id)
              log.push(`${id} ends`)
            }),
          ),
        )
        const expected = ['a', 'b', 'c'].flatMap((id) => [`${id} begins`, `${id} ends`])
        assert.deepEqual(log, expected)
      })
    } else {
      it('runs beside others that want other rows', async (t) => {
        const store = await openFor(t, open)
        let here = 0
        const { promise: all, resolve } = Promise.withResolvers<void>()
        const work = (id: string) =>
          store.transaction(async (tables) => {
            await tables.messages.insert([entry(id)])
            if (++here === 3) resolve()
            await all
          })
        await Promise.all(['a', 'b', 'c'].map(work))
        assert.equal((await store.messages.findMany(['a', 'b', 'c'])).length, 3)
      })

      for (const read of ['findMany', 'standing'] as const)
        it(`keeps others off the messages that it has read: ${read}`, async (t) => {
          const store = await openFor(t, open)
          await insertMessages(store, sampleMessage({ id: 'a' }))
          let other: Promise<Set<string>> = Promise.resolve(new Set())
          await store.transaction(async (tables) => {
            await tables.messages[read](['a'])
            const move = { id: 'a', nextAt: undefined, at: start }
            other = store.messages.advance([{ ...move, status: 'ACCEPTED' }])
            // Twice around the database: the other one has been asked by now, and waits.
            await tables.messages.find('a')
            await tables.messages.find('a')
            assert.equal((await tables.messages.advance([{ ...move, status: 'SENT' }])).size, 1)
          })
          assert.equal((await other).size, 0)
        })
    }

    it('goes on after one that failed', async (t) => {
      const store = await openFor(t, open)
      const results = await Promise.allSettled([
        store.transaction(() => Promise.reject(new Error('first'))),
        store.transaction((tables) => tables.messages.insert([entry('a')])),
      ])
      assert.deepEqual(
        results.map((result) => result.status),
        ['rejected', 'fulfilled'],
      )
      assert.equal((await store.messages.find('a'))?.id, 'a')
    })
  })

  describe('migrate, ping and close', () => {
    it('say what is applied and what is missing', async (t) => {
      const store = await open()
      t.after(() => store.close())
      const { applied, pending } = await store.migrationStatus()
      assert.deepEqual(applied, [])
      assert.ok(pending.length > 0)
      assert.deepEqual(await store.migrate(), { applied: pending, pending: [] })
      assert.deepEqual(await store.migrate(), { applied: [], pending: [] })
      assert.deepEqual(await store.migrationStatus(), { applied: pending, pending: [] })
    })

    it('answer a ping before and after the migration, not after the end', async () => {
      const store = await open()
      await store.ping()
      await store.migrate()
      await store.ping()
      await store.close()
      await store.close()
      await assert.rejects(store.ping(), StorageError)
      await assert.rejects(store.messages.find('a'), StorageError)
      await assert.rejects(
        store.transaction(async () => undefined),
        StorageError,
      )
    })

    it('let a running transaction finish before they close', async () => {
      const store = await open()
      await store.migrate()
      const work = store.transaction(async (tables) => {
        await tables.messages.insert([entry('a')])
        return (await tables.messages.find('a'))?.id
      })
      await store.close()
      assert.equal(await work, 'a')
    })
  })
}
