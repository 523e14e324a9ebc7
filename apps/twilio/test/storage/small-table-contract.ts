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

  describe('admins', () => {
    const anna = {
      name: 'anna',
      passwordHash: 'hash',
      role: 'viewer',
      createdAt: start,
      changedAt: start,
    } as const

    it('have one account a name', async (t) => {
      const { admins } = await openFor(t, open)
      assert.equal(await admins.insert(anna), true)
      assert.equal(await admins.insert({ ...anna, role: 'admin' }), false)
      await admins.insert({ ...anna, name: 'aaron' })
      assert.deepEqual(await admins.list(), [{ ...anna, name: 'aaron' }, anna])
      assert.equal(await admins.update('anna', { role: 'admin', changedAt: start + 1 }), true)
      assert.deepEqual(await admins.find('anna'), { ...anna, role: 'admin', changedAt: start + 1 })
      assert.equal(await admins.update('bert', { passwordHash: '', changedAt: start }), false)
      assert.equal(await admins.remove('anna'), true)
      assert.equal(await admins.remove('anna'), false)
      assert.equal(await admins.find('anna'), undefined)
    })

    it('have sessions with the role of the account', async (t) => {
      const { admins, adminSessions } = await openFor(t, open)
      await admins.insert(anna)
      const session = { idHash: 'one', name: 'anna', createdAt: start, seenAt: start }
      await adminSessions.insert(session)
      await adminSessions.insert({ ...session, idHash: 'two' })
      await adminSessions.touch('one', start + 9)
      await admins.update('anna', { role: 'operator', changedAt: start + 1 })
      const found = { name: 'anna', role: 'operator', createdAt: start, seenAt: start + 9 }
      assert.deepEqual(await adminSessions.find('one'), found)
      assert.equal(await adminSessions.sweep({ createdUntil: 0, seenUntil: start }), 1)
      assert.equal(await adminSessions.find('two'), undefined)
      await admins.remove('anna')
      assert.equal(await adminSessions.find('one'), undefined)
      await adminSessions.endAll('anna')
      assert.equal(await adminSessions.sweep({ createdUntil: start, seenUntil: start }), 0)
    })
  })
}
