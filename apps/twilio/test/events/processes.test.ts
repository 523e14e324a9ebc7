import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPostgres } from '../../src/storage/engines/postgres.ts'
import { openSqlite } from '../../src/storage/engines/sqlite.ts'
import { startPostgres } from '../postgres/server.ts'
import { openFor } from '../storage/samples.ts'
import { processesContract } from './processes-contract.ts'

const postgres = await startPostgres()

processesContract('sqlite', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'hsb-twilio-events-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const database = join(folder, 'sms.db')
  return { store: await openFor(t, async () => openSqlite(database)), database: `file:${database}` }
})

processesContract('postgres', async (t) => {
  const place = postgres.newPlace()
  const store = await openFor(t, async () => openPostgres(place))
  return { store, database: JSON.stringify(place) }
})
