import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openPostgres } from '../../src/storage/engines/postgres.ts'
import { StorageError } from '../../src/storage/errors.ts'
import { insertMessages, openFor, sampleMessage } from '../storage/samples.ts'
import { startPostgres } from './server.ts'

const postgres = await startPostgres()

/** Until every session has heard of it. */
async function setStandbys(names: string): Promise<void> {
  await postgres.query(`alter system set synchronous_standby_names = '${names}'`)
  await postgres.query('select pg_reload_conf()')
  const shown = async () => (await postgres.query('show synchronous_standby_names'))[0]
  while ((await shown())?.['synchronous_standby_names'] !== names) continue
}

describe('a synchronous standby that is away', () => {
  it('lets nothing be acknowledged that is on one machine only', async (t) => {
    const place = postgres.newPlace()
    const store = await openFor(t, async () => openPostgres(place, { statementTimeoutMs: 200 }))
    await insertMessages(store, sampleMessage({ id: 'before' }))
    await setStandbys('nobody')
    try {
      const late = store.transaction(async (tables) => {
        const message = sampleMessage({ id: 'late' })
        await tables.messages.insert([
          { message, idempotencyKey: undefined, requestHash: undefined },
        ])
      })
      await assert.rejects(late, StorageError)
    } finally {
      await setStandbys('')
    }
    // It was not acknowledged, and is there nevertheless: as after any commit without an answer.
    assert.equal((await store.messages.find('late'))?.id, 'late')
    await insertMessages(store, sampleMessage({ id: 'after' }))
  })
})
