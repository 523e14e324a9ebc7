import { startPostgres } from '../../../test/postgres/server.ts'
import { storeContract } from '../../../test/store-contract.ts'

const postgres = await startPostgres()

storeContract('postgres', () => postgres.open(), { writers: 'many' })
