import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Client } from 'pg'
import { cpuOfFamily } from './cpu.ts'
import { atEnd } from './ending.ts'
import type { Engine } from './engine.ts'
import type { Place } from './place.ts'

/** The server at `given`, else one of our own on a disk of this machine, with fsync. */
export async function startPostgres(given: string | undefined): Promise<Engine> {
  const url = given ?? (await startOwn())
  const client = new Client({ connectionString: url, application_name: 'bench' })
  client.on('error', () => undefined)
  await client.connect()
  const query = async (text: string) => (await client.query<Record<string, unknown>>(text)).rows
  const [backend] = await query('select pg_backend_pid() as pid')
  const postmaster = parentOf(Number(backend?.['pid']))
  if (given === undefined) {
    // On the CPU of the program that asks it: the two together are what a message costs.
    spawnSync('taskset', ['-a', '-c', '-p', '1', String(postmaster)])
    // It would clean up after one program at the cost of another one.
    await query('alter system set autovacuum = off')
    await query('select pg_reload_conf()')
  }
  const schemas = new Set<string>()
  const drop = async (place: Place) => {
    const schema = schemaOf(place)
    await query(`drop schema if exists ${schema} cascade`)
    schemas.delete(schema)
  }
  atEnd(async () => {
    // A server of our own goes with its files.
    if (given !== undefined) for (const schema of schemas) await drop({ url, schema })
    await client.end()
  })
  return {
    name: 'PostgreSQL',
    drop,
    newPlace(name) {
      const schema = `bench_${process.pid}_${name}`
      schemas.add(schema)
      return { url, schema }
    },
    async settle(place) {
      const schema = schemaOf(place)
      const tables = await query(
        `select quote_ident(tablename) as name from pg_tables where schemaname = '${schema}'`,
      )
      for (const { name } of tables) await query(`vacuum analyze ${schema}.${String(name)}`)
      await query('checkpoint')
    },
    cpuMicros: () => cpuOfFamily(postmaster),
  }
}

function schemaOf(place: Place): string {
  if ('schema' in place) return place.schema
  throw new Error('this is no place in a PostgreSQL')
}

/** The postmaster. Throws where the server does not run on this machine: its CPU could not be counted. */
function parentOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    if (status.startsWith('Name:\tpostgres')) return Number(/PPid:\t(\d+)/.exec(status)?.[1])
  } catch {
    // There is no such process here.
  }
  throw new Error('the PostgreSQL must run on this machine: its CPU time is counted too')
}

async function startOwn(): Promise<string> {
  const script = 'apps/twilio/test/postgres/server-process.ts'
  const args = ['--disable-warning=ExperimentalWarning', script, '--durable']
  // Detached from the terminal's Ctrl-C; it ends, and removes its files, when its stdin does.
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const gone = new Promise((resolve) => child.once('exit', resolve))
  atEnd(async () => {
    child.stdin.end()
    await gone
  })
  const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next()
  if (!String(value).startsWith('postgres://')) throw new Error(`no PostgreSQL: ${String(value)}`)
  return String(value)
}
