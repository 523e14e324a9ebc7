import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ApiKey } from '../../src/storage/store.ts'
import { openFor, type OpenStore, start } from './samples.ts'

const key = (id: string, createdAt: number): ApiKey => ({
  id,
  name: `key ${id}`,
  keyHash: `hash ${id}`,
  scopes: ['send', 'read'],
  createdAt,
  revokedAt: undefined,
})

export function smallTableContract(open: OpenStore): void {
  describe('apiKeys', () => {
    it('are found by their hash and listed by age', async (t) => {
      const store = await openFor(t, open)
      await store.apiKeys.insert(key('new', start + 1))
      await store.apiKeys.insert(key('old', start))
      assert.deepEqual(await store.apiKeys.findByHash('hash new'), key('new', start + 1))
      assert.equal(await store.apiKeys.findByHash('new'), undefined)
      assert.deepEqual(await store.apiKeys.list(), [key('old', start), key('new', start + 1)])
    })

    it('are revoked once and stay revoked', async (t) => {
      const store = await openFor(t, open)
      await store.apiKeys.insert(key('a', start))
      assert.equal(await store.apiKeys.revoke('a', start + 5), true)
      assert.equal(await store.apiKeys.revoke('a', start + 9), false)
      assert.equal(await store.apiKeys.revoke('b', start + 9), false)
      assert.equal((await store.apiKeys.findByHash('hash a'))?.revokedAt, start + 5)
    })
  })
}
