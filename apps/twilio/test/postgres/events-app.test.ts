import { useDatabases } from '../app.ts'
import { startPostgres } from './server.ts'

// What hosts are told, once more: on PostgreSQL.
const postgres = await startPostgres()
useDatabases(() => postgres.newPlace())

await import('../events/consumers.test.ts')
await import('../events/webhooks.test.ts')
