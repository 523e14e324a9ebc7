import { useDatabases } from '../app.ts'
import { startPostgres } from './server.ts'

// What a user notices, once more: on PostgreSQL.
const postgres = await startPostgres()
useDatabases(() => postgres.newPlace())

await import('../delivery.test.ts')
await import('../callbacks.test.ts')
await import('../idempotency.test.ts')
await import('../verification.test.ts')
await import('../retention.test.ts')
await import('../inbound.test.ts')
await import('../message-actions.test.ts')
