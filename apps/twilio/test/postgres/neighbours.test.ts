import { describe } from 'node:test'
import { neighboursContract } from '../neighbours-contract.ts'
import { startPostgres } from './server.ts'

const postgres = await startPostgres()

describe('processes on one PostgreSQL', () => {
  neighboursContract(() => postgres.newPlace())
})
