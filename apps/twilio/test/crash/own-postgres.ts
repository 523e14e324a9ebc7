import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { testProgram } from '../test-program.ts'

/** A PostgreSQL of our own that can be ended at any moment. */
export interface OwnPostgres {
  /** A place of its own in the database. */
  newPlace(): { url: string; schema: string }
  /** Ends it as a crash would, and starts it again. */
  restart(): Promise<void>
  close(): Promise<void>
}

const program = testProgram(import.meta.dirname, '..', 'postgres', 'server-process.ts')

/** Starts one: of `TEST_POSTGRES_BIN`, or the one that npm has brought. */
export async function startOwnPostgres(): Promise<OwnPostgres> {
  const binaries = process.env['TEST_POSTGRES_BIN']
  const args = [...program, ...(binaries === undefined ? [] : [binaries])]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const url = String((await lines.next()).value)
  if (!url.startsWith('postgres://')) throw new Error(`no PostgreSQL: ${url}`)
  let places = 0
  return {
    newPlace: () => ({ url, schema: `run_${++places}` }),
    async restart() {
      child.stdin.write('again\n')
      await lines.next()
    },
    async close() {
      const exit = once(child, 'close')
      child.stdin.end()
      await exit
    },
  }
}
