import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { readSettings, TwilioSettingsError } from '../../src/config.ts'
import { completeAddress } from '../../src/storage/engines/postgres-address.ts'
import { openPostgres } from '../../src/storage/engines/postgres.ts'
import { openFor, start } from '../storage/samples.ts'
import { startPostgres } from './server.ts'

const postgres = await startPostgres()

const least = {
  twilio: { accountSid: `AC${'0'.repeat(32)}`, authToken: '0'.repeat(32), defaultFrom: 'Shop' },
  publicUrl: 'https://example.com',
}

describe('the address of a PostgreSQL', () => {
  it('is all that counts: nothing is read from the environment', async () => {
    const script = join(import.meta.dirname, 'environment-process.ts')
    const env = {
      PGHOST: '192.0.2.1',
      PGPORT: '1',
      PGUSER: 'nobody',
      PGDATABASE: 'nowhere',
      PGPASSWORD: 'x',
      PGSSLMODE: 'require',
      PGOPTIONS: '-c no_such_setting=1',
      PGREPLICATION: 'true',
      PGSSLNEGOTIATION: 'direct',
      PGCLIENT_ENCODING: 'none',
      PGPASSFILE: '/nowhere',
      PGAPPNAME: 'x',
      PATH: process.env['PATH'],
    }
    const args = ['--conditions=source', script, postgres.url]
    const { stdout } = await promisify(execFile)(process.execPath, args, { env })
    assert.equal(stdout, 'answered\n')
  })

  it('gets a fixed host and port where it names none', () => {
    assert.equal(completeAddress('postgres://me@db/sms'), 'postgres://me@db/sms?port=5432')
    const empty = completeAddress('postgres:///sms?user=me')
    assert.equal(empty, 'postgres:///sms?user=me&host=localhost&port=5432')
    const whole = 'postgres://me:word@db:6432/sms?sslmode=require'
    assert.equal(completeAddress(whole), whole)
  })

  it('must name user and database', () => {
    for (const [url, missing] of [
      ['postgres://db/sms', 'user'],
      ['postgres://me@db', 'database'],
      ['postgres://me@db/', 'database'],
      ['postgres://db', 'user and a database'],
    ] as const) {
      for (const database of [url, { url }]) {
        assert.throws(
          () => readSettings({ ...least, database }),
          (error) => {
            assert.ok(error instanceof TwilioSettingsError)
            const problem = { setting: 'database.url', message: `must name a ${missing}` }
            assert.deepEqual(error.problems, [problem])
            return true
          },
        )
      }
    }
    readSettings({ ...least, database: 'postgres:///sms?user=me&host=/run/postgresql' })
  })
})

describe('a PostgreSQL that is too old', () => {
  it('is refused at the start in one line, before anything is made', async (t) => {
    const asked: string[] = []
    const client = {
      async query({ text }: { text: string }) {
        asked.push(text)
        const rows = [{ version: '140011', words: '14.11 (Debian)' }]
        return { command: 'SELECT', rowCount: 1, rows }
      },
      release: () => undefined,
      on: () => undefined,
      removeListener: () => undefined,
    }
    const store = openPostgres({ pool: { connect: async () => client } })
    t.after(() => store.close())
    await assert.rejects(store.migrate(), {
      name: 'StorageError',
      message:
        'postgres (the pool of the host): is PostgreSQL 14.11 (Debian); 15 or newer is needed',
    })
    assert.equal(asked.length, 1)
  })
})

describe('a process of the version before, beside a newer one', () => {
  it('goes on inserting with the columns that it knows', async (t) => {
    const place = postgres.newPlace()
    const store = await openFor(t, async () => openPostgres(place))
    await postgres.query(`insert into ${place.schema}.sms_log
      (id, channel, direction, to_phone, message, status, status_rank, priority, expires_at,
        attempts, next_at, polls, created_at, updated_at)
      values ('old', 'sms', 'outbound', '+14155552671', 'x', 'QUEUED', 0, 1, ${start + 60_000},
        0, ${start}, 0, ${start}, ${start})`)
    const claim = { now: start, leaseUntil: start + 30_000, limit: 1 }
    const [claimed] = await store.messages.claimDue(claim)
    assert.deepEqual([claimed?.id, claimed?.lapses], ['old', 0])
  })
})
