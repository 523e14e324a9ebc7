import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import type { NewAuditEntry } from '../domain/audit.ts'
import type { ApiKey, ApiKeyStore, Tables } from '../storage/store.ts'
import { createApiKeys } from './api-keys.ts'

function createBench() {
  const rows: ApiKey[] = []
  const bench = { at: 1_000_000, lookUps: 0, rows, beforeAnswer: async () => {} }
  const apiKeys: ApiKeyStore = {
    async insert(key) {
      rows.push(key)
    },
    async findByHash(keyHash) {
      bench.lookUps++
      const row = rows.find((one) => one.keyHash === keyHash)
      const found = row && { ...row }
      await bench.beforeAnswer()
      return found
    },
    list: async () => rows,
    async revoke(id, at) {
      const row = rows.find((one) => one.id === id && one.revokedAt === undefined)
      if (row) row.revokedAt = at
      return row !== undefined
    },
  }
  const entries: NewAuditEntry[] = []
  const audit = { append: async (more: readonly NewAuditEntry[]) => void entries.push(...more) }
  const store = {
    apiKeys,
    // Nothing but these two tables is asked.
    transaction: <T>(work: (tables: Tables) => Promise<T>) => work({ apiKeys, audit } as Tables),
  }
  let seed = 0
  const open = () =>
    createApiKeys({
      store,
      clock: { now: () => bench.at, monotonic: () => bench.at, after: () => () => {} },
      randomBytes: (size) => createHash('sha512').update(String(seed++)).digest().subarray(0, size),
    })
  return { ...bench, bench, open, entries, keys: open() }
}

describe('createApiKeys', () => {
  it('makes a key that is shown once and kept as its digest', async () => {
    const { keys, rows } = createBench()
    const { id, key } = await keys.create({ name: 'shop', scopes: ['send', 'read', 'send'] })
    assert.match(key, /^hsb_[A-Za-z0-9_-]{43}$/)
    assert.equal(rows[0]?.keyHash, createHash('sha256').update(key).digest('hex'))
    assert.ok(!JSON.stringify(rows).includes(key))
    assert.deepEqual(await keys.list(), [
      { id, name: 'shop', scopes: ['send', 'read'], createdAt: 1_000_000, revokedAt: undefined },
    ])
  })

  it('tells who holds a key, and nothing for any other text', async () => {
    const { keys, bench } = createBench()
    const { id, key } = await keys.create({ name: 'shop', scopes: ['send'] })
    assert.deepEqual(await keys.principalOf(key), { id, scopes: ['send'] })
    assert.equal(await keys.principalOf(`${key.slice(0, -1)}!`), undefined)
    assert.equal(await keys.principalOf(`hsb_${'A'.repeat(43)}`), undefined)
    const lookUps = bench.lookUps
    for (const text of ['', 'hsb_', key.toUpperCase(), `${key} `, 'x'.repeat(100_000)]) {
      assert.equal(await keys.principalOf(text), undefined)
    }
    assert.equal(bench.lookUps, lookUps)
  })

  it('asks the database once in 5 seconds for a key in use', async () => {
    const { keys, bench } = createBench()
    const { key } = await keys.create({ name: 'shop', scopes: ['send'] })
    for (let i = 0; i < 100; i++) await keys.principalOf(key)
    assert.equal(bench.lookUps, 1)
    bench.at += 4_999
    await keys.principalOf(key)
    assert.equal(bench.lookUps, 1)
    bench.at += 1
    await keys.principalOf(key)
    assert.equal(bench.lookUps, 2)
  })

  it('sees a revocation at once here, and within 5 seconds in another process', async () => {
    const { keys, bench, open } = createBench()
    const { id, key } = await keys.create({ name: 'shop', scopes: ['send'] })
    const other = open()
    await keys.principalOf(key)
    await other.principalOf(key)
    assert.equal(await keys.revoke(id), true)
    assert.equal(await keys.revoke(id), false)
    assert.equal(await keys.principalOf(key), undefined)
    bench.at += 5_000
    assert.equal(await other.principalOf(key), undefined)
  })

  it('does not bring a key back that was revoked during its look-up', async () => {
    const { keys, bench } = createBench()
    const { id, key } = await keys.create({ name: 'shop', scopes: ['send'] })
    bench.beforeAnswer = async () => {
      bench.beforeAnswer = async () => {}
      await keys.revoke(id)
    }
    await keys.principalOf(key)
    assert.equal(await keys.principalOf(key), undefined)
  })

  it('remembers no more than a thousand keys, and no wrong one', async () => {
    const { keys, bench } = createBench()
    const made: string[] = []
    for (let i = 0; i < 1_001; i++) {
      made.push((await keys.create({ name: `k${i}`, scopes: ['send'] })).key)
    }
    for (const key of made) await keys.principalOf(key)
    await keys.principalOf(made[1_000] ?? '')
    assert.equal(bench.lookUps, 1_001)
    await keys.principalOf(made[0] ?? '')
    assert.equal(bench.lookUps, 1_002)
    for (let i = 0; i < 2; i++) await keys.principalOf(`hsb_${'A'.repeat(43)}`)
    assert.equal(bench.lookUps, 1_004)
  })
})
