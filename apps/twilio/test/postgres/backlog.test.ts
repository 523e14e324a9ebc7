import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Pool } from 'pg'
import { openPostgres } from '../../src/storage/engines/postgres.ts'
import type { PostgresClient } from '../../src/storage/engines/postgres-pool.ts'
import { insertMessages, openFor, sampleMessage, start } from '../storage/samples.ts'
import { startPostgres } from './server.ts'

const postgres = await startPostgres()
const waiting = 4_000

/** What this connection has read of `sms_log` since its transaction began. */
const reads = `
  select (sum(idx_tup_fetch) + sum(seq_tup_read))::int as rows
  from pg_stat_xact_user_tables where relname like 'sms_log%'`

describe('a backlog of which the statistics know nothing', () => {
  it('is not read through for each claim', async (t) => {
    const { schema, url } = postgres.newPlace()
    await postgres.query(`create schema ${schema}`)
    const pool = new Pool({
      connectionString: url,
      options: `-c search_path=${schema}`,
      max: 1,
    })
    const [client, removed] = [await pool.connect(), Promise.withResolvers<void>()]
    pool.once('remove', () => removed.resolve())
    t.after(async () => {
      client.release()
      await pool.end()
      await removed.promise
    })
    // One connection for everybody, so that it can be asked what it has read.
    const shared: PostgresClient = {
      query: (query) => client.query(query),
      on: (event, listener) => client.on(event, listener),
      removeListener: (event, listener) => client.removeListener(event, listener),
      release: () => undefined,
    }
    const store = await openFor(t, async () =>
      openPostgres({ pool: { connect: async () => shared } }),
    )
    const done = { status: 'DELIVERED', nextAt: undefined } as const
    const finished = Array.from({ length: 2_000 }, (_, i) =>
      sampleMessage({ id: `f${i}`, ...done }),
    )
    await insertMessages(store, ...finished)
    await client.query(`alter table sms_log set (autovacuum_enabled = off); analyze sms_log`)
    const queued = Array.from({ length: waiting }, (_, i) => sampleMessage({ id: `q${i}` }))
    await insertMessages(store, ...queued)

    for (let round = 0; round < 8; round++) {
      const read = await store.transaction(async (tables) => {
        const claim = { now: start, leaseUntil: start + 1, limit: 10 }
        assert.equal((await tables.messages.claimDue(claim)).length, 10)
        await tables.messages.expireDue(start, 10)
        await tables.optOuts.findOfClaimed(claim.leaseUntil)
        await tables.messages.nextDue()
        return Number((await client.query<{ rows: number }>(reads)).rows[0]?.rows)
      })
      assert.ok(read < waiting / 4, `read ${read} rows for 10 messages`)
    }
  })
})
