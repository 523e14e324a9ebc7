import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { WorkerRecord } from '../../src/storage/store.ts'
import { openFor, type OpenStore, start } from './samples.ts'

const worker = (id: string, startedAt: number): WorkerRecord => ({
  id,
  host: 'desk',
  pid: 7,
  inFlight: 0,
  startedAt,
  beatAt: startedAt,
})

/** What processes that share a database tell each other through it. */
export function leaseContract(open: OpenStore): void {
  describe('workers', () => {
    it('are listed by age with their last sign of life', async (t) => {
      const store = await openFor(t, open)
      await store.workers.beat(worker('b', start + 1))
      await store.workers.beat(worker('a', start))
      await store.workers.beat({ ...worker('a', start), inFlight: 3, beatAt: start + 9 })
      assert.deepEqual(await store.workers.list(), [
        { ...worker('a', start), inFlight: 3, beatAt: start + 9 },
        worker('b', start + 1),
      ])
    })

    it('are forgotten when they leave, or when they have been silent for long', async (t) => {
      const store = await openFor(t, open)
      for (const id of ['a', 'b', 'c']) await store.workers.beat(worker(id, start))
      await store.workers.beat({ ...worker('c', start), beatAt: start + 10 })
      await store.workers.remove('a')
      assert.equal(await store.workers.sweep(start + 10), 1)
      assert.deepEqual(
        (await store.workers.list()).map(({ id }) => id),
        ['c'],
      )
    })
  })

  describe('leases', () => {
    const lease = (holder: string, now: number) => {
      return { name: 'care', holder, now, until: now + 100 }
    }

    it('belong to one holder until they are over', async (t) => {
      const { leases } = await openFor(t, open)
      assert.equal(await leases.take(lease('a', start)), true)
      assert.equal(await leases.take(lease('b', start + 99)), false)
      assert.equal(await leases.take({ ...lease('b', start), name: 'other' }), true)
      assert.equal(await leases.take(lease('a', start + 50)), true)
      assert.equal(await leases.take(lease('b', start + 149)), false)
      assert.equal(await leases.take(lease('b', start + 150)), true)
      assert.equal(await leases.take(lease('a', start + 151)), false)
    })

    it('can be given back by their holder only', async (t) => {
      const { leases } = await openFor(t, open)
      await leases.take(lease('a', start))
      await leases.release('care', 'b')
      assert.equal(await leases.take(lease('b', start)), false)
      await leases.release('care', 'a')
      assert.equal(await leases.take(lease('b', start)), true)
    })

    it('bind nobody when a wrong clock has given them for much longer than they are asked for', async (t) => {
      const { leases } = await openFor(t, open)
      const day = 86_400_000
      await leases.take(lease('a', start + day))
      assert.equal(await leases.take(lease('b', start)), true)
      // Clocks that differ a little are no such thing.
      assert.equal(await leases.take(lease('a', start - 50)), false)
    })

    it('go to one of many that ask at once', async (t) => {
      const { leases } = await openFor(t, open)
      const holders = Array.from({ length: 20 }, (_, n) => `holder ${n}`)
      const taken = await Promise.all(holders.map((holder) => leases.take(lease(holder, start))))
      assert.equal(taken.filter(Boolean).length, 1)
    })
  })

  describe('cursors', () => {
    it('stand where they were last put', async (t) => {
      const { cursors } = await openFor(t, open)
      assert.equal(await cursors.read('events'), undefined)
      await cursors.write('events', '7', start)
      await cursors.write('events', '9', start + 1)
      assert.equal(await cursors.read('events'), '9')
    })
  })
}
