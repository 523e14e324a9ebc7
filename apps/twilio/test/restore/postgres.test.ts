import { startPostgres } from '../postgres/server.ts'
import { restoreContract } from './contract.ts'
import { createBackedSchema } from './postgres-backed.ts'

const postgres = await startPostgres()
restoreContract('PostgreSQL', () => createBackedSchema(() => postgres.newPlace()))
