import { openPostgres } from '../../src/storage/engines/postgres.ts'

// Opens the database at the address of its command line, with whatever stands in its environment.
const store = openPostgres({ url: process.argv[2] ?? '' })
await store.ping()
process.stdout.write('answered\n')
await store.close()
