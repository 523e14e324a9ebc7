import { spawn, spawnSync } from 'node:child_process'
import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'

/** A PostgreSQL on a disk, of which every microsecond of CPU can be counted. */
export interface Server {
  url: string
  /** One connection that is never given up. */
  query(text: string): Promise<Record<string, unknown>[]>
  /** CPU time of all its processes that are alive, in microseconds. */
  cpuMicros(): number
  /** Ends it and starts it again with other settings; the connection of `query` is new. */
  restart(settings: Record<string, string | number>): Promise<void>
  stop(): Promise<void>
}

interface Result {
  rows: Record<string, unknown>[]
}

const nobody = 65_534
const user = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {}
const url = 'postgres://postgres@127.0.0.1:54329/postgres'

/** Makes a cluster with the binaries of `bin`, in a new folder below `below`. */
export async function startServer(bin: string, below: string): Promise<Server> {
  const home = mkdtempSync(join(below, 'hsb-capacity-'))
  if ('uid' in user) chownSync(home, nobody, nobody)
  const data = join(home, 'data')
  const initdb = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8']
  const made = spawnSync(join(bin, 'initdb'), initdb, { ...user, cwd: home, encoding: 'utf8' })
  if (made.status !== 0) throw new Error(made.stderr)
  let child: ReturnType<typeof spawn> | undefined
  let client: Client | undefined

  async function stop(): Promise<void> {
    await client?.end().catch(() => undefined)
    if (!child || child.exitCode !== null) return
    const gone = new Promise((resolve) => child?.once('exit', resolve))
    child.kill('SIGINT')
    await gone
  }

  async function restart(settings: Record<string, string | number>): Promise<void> {
    await stop()
    const all = {
      port: 54_329,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      ...settings,
    }
    const args = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    child = spawn(join(bin, 'postgres'), ['-D', data, ...args], {
      ...user,
      cwd: home,
      stdio: ['ignore', 'ignore', 'ignore'],
    })
    client = await connect()
  }

  return {
    url,
    query: async (text) => {
      // Several statements at once give several results.
      const result = (await client?.query(text)) as unknown as Result | Result[]
      return (Array.isArray(result) ? result.at(-1) : result)?.rows ?? []
    },
    cpuMicros: () => cpuOfChildren(child?.pid ?? 0),
    restart,
    async stop() {
      await stop()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

async function connect(): Promise<Client> {
  for (;;) {
    const client = new Client({ connectionString: url })
    client.on('error', () => undefined)
    try {
      await client.connect()
      return client
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

function cpuOfChildren(pid: number): number {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .split(' ')
    .filter(Boolean)
    .flatMap((child) =>
      readdirSync(`/proc/${child}/task`).map((task) => `/proc/${child}/task/${task}`),
    )
    .map((path) => Number(readFileSync(`${path}/schedstat`, 'utf8').split(' ')[0]))
    .reduce((sum, nanos) => sum + nanos / 1_000, 0)
}
