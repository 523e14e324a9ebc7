import { spawn } from 'node:child_process'
import { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { after } from 'node:test'
import { Client } from 'pg'
import { openPostgres, type PostgresOptions } from '../../src/storage/engines/postgres.ts'
import type { Store } from '../../src/storage/store.ts'
import { testProgram } from '../test-program.ts'

/** A PostgreSQL for the tests of one file. */
export interface TestPostgres {
  url: string
  /** A place of its own in the database. */
  newPlace(): { url: string; schema: string }
  /** An empty store in a place of its own. */
  open(options?: PostgresOptions): Promise<Store>
  /** What somebody else does at the database; answers the rows. */
  query(text: string): Promise<Record<string, unknown>[]>
}

/**
 * The server that `TEST_POSTGRES_URL` names, else one of our own that ends with the test file:
 * of `TEST_POSTGRES_BIN`, a folder with `postgres` and `initdb`, or the one that npm has brought.
 * Fails where none can be had: a test that is left out would look like one that passed.
 */
export async function startPostgres(): Promise<TestPostgres> {
  const given = process.env['TEST_POSTGRES_URL']
  const url = given ?? (await startOwn(process.env['TEST_POSTGRES_BIN']))
  const schemas: string[] = []
  async function query(text: string): Promise<Record<string, unknown>[]> {
    const client = new Client({ connectionString: url })
    await client.connect()
    try {
      return (await client.query<Record<string, unknown>>(text)).rows
    } finally {
      await client.end()
    }
  }
  after(async () => {
    // One by one: together they would need more locks than a server has.
    for (const schema of given === undefined ? [] : schemas)
      await query(`drop schema if exists ${schema} cascade`)
  })
  const newPlace = () => {
    const schema = `test_${process.pid}_${schemas.length}`
    schemas.push(schema)
    return { url, schema }
  }
  return { url, newPlace, open: async (options) => openPostgres(newPlace(), options), query }
}

async function startOwn(binaries: string | undefined): Promise<string> {
  const program = testProgram(import.meta.dirname, 'server-process.ts')
  const args = [...program, ...(binaries ? [binaries] : [])]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })
  const first = await lines[Symbol.asyncIterator]().next()
  const line = String(first.value)
  if (!line.startsWith('postgres://')) throw new Error(`no PostgreSQL for the tests: ${line}`)
  // It ends when this process does, however that ends; until then it must not keep it alive.
  child.unref()
  for (const pipe of [child.stdin, child.stdout]) if (pipe instanceof Socket) pipe.unref()
  return line
}
