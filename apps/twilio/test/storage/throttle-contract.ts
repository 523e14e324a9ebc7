import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Store } from '../../src/storage/store.ts'
import { openFor, type OpenStore, start } from './samples.ts'

/** Takes one of `limit` in a transaction of its own; true when there was one left. */
export function takeOne(store: Store, key: string, limit: number): Promise<boolean> {
  return store.transaction(async ({ throttles }) => {
    const hits = (await throttles.lock([key])).get(key) ?? []
    if (hits.length >= limit) return false
    const more = [...hits, { at: start, cost: 1 }]
    await throttles.save([{ key, hits: more, expiresAt: start + 60_000 }])
    return true
  })
}

export function throttleContract(open: OpenStore): void {
  describe('throttles', () => {
    it('give saved hits back and know nothing of other keys', async (t) => {
      const store = await openFor(t, open)
      const hits = [
        { at: start, cost: 1 },
        { at: start + 5, cost: 12 },
      ]
      await store.throttles.save([{ key: 'a', hits, expiresAt: start + 60_000 }])
      const locked = await store.throttles.lock(['b', 'a', 'b'])
      assert.deepEqual(
        [...locked],
        [
          ['b', []],
          ['a', hits],
        ],
      )
      assert.deepEqual([...(await store.throttles.lock([]))], [])
      await store.throttles.save([{ key: 'a', hits: [], expiresAt: start + 60_000 }])
      assert.deepEqual((await store.throttles.lock(['a'])).get('a'), [])
    })

    it('let no more pass than the limit, however many come at once', async (t) => {
      const store = await openFor(t, open)
      const taken = await Promise.all(Array.from({ length: 60 }, () => takeOne(store, 'k', 7)))
      assert.equal(taken.filter(Boolean).length, 7)
    })

    it('forget what a transaction took that failed', async (t) => {
      const store = await openFor(t, open)
      const broken = store.transaction(async ({ throttles }) => {
        await throttles.lock(['k'])
        const hits = [{ at: start, cost: 1 }]
        await throttles.save([{ key: 'k', hits, expiresAt: start + 60_000 }])
        throw new Error('after counting')
      })
      await assert.rejects(broken, /after counting/)
      assert.deepEqual((await store.throttles.lock(['k'])).get('k'), [])
    })

    it('throw rows away that nobody needs any more', async (t) => {
      const store = await openFor(t, open)
      const hits = [{ at: start, cost: 1 }]
      await store.throttles.save([
        { key: 'needed', hits, expiresAt: start + 1 },
        { key: 'old 1', hits, expiresAt: start },
        { key: 'old 2', hits, expiresAt: start - 1 },
      ])
      assert.equal(await store.throttles.sweep(start, 1), 1)
      assert.equal(await store.throttles.sweep(start, 10), 1)
      assert.equal(await store.throttles.sweep(start, 10), 0)
      assert.deepEqual((await store.throttles.lock(['needed'])).get('needed'), hits)
    })
  })
}
