// npm run bench: the app against the physical limit and the peers, in turn, in one run. Ratios are what
// counts; the absolute figures are this machine's on this day. See README.md.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { measureAdmin } from './admin.ts'
import { measureColdStart } from './cold-start.ts'
import { atEnd, goOn, runToItsEnd } from './ending.ts'
import { createSqlite, type Engine } from './engine.ts'
import { compareFullTable } from './full-table.ts'
import { compareHost } from './host.ts'
import { measureImport } from './import.ts'
import { measureLatency } from './latency.ts'
import { compareDelivery, compareHttp } from './limits-and-peers.ts'
import { startPostgres } from './postgres.ts'

const parts = [
  'sqlite',
  'postgres',
  'full-table',
  'latency',
  'host',
  'import',
  'cold-start',
  'admin',
] as const
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: parts.join() },
    rounds: { type: 'string', default: '5' },
    requests: { type: 'string', default: '12000' },
    messages: { type: 'string', default: '20000' },
    rows: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '20' },
    'postgres-url': { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  const options = ['requests', 'messages', 'rows', 'seconds', 'postgres-url']
  console.log(`npm run bench -- [--only ${parts.join()}] [--rounds 5] [--${options.join('] [--')}]`)
  console.log('What each part and option is: bench/README.md')
  process.exit()
}
const only = new Set(values.only.split(','))
const isPart = (name: string) => parts.some((part) => part === name)
for (const name of only) {
  if (!isPart(name)) throw new Error(`--only takes ${parts.join(', ')}, not ${name}`)
}
const extent = {
  rounds: Number(values.rounds),
  requests: Number(values.requests),
  messages: Number(values.messages),
}
const rows = Number(values.rows)
const seconds = Number(values.seconds)

// The load on one CPU, the program and its database on the other (see process.ts): neither may take
// the other's time.
spawnSync('taskset', ['-a', '-c', '-p', '0', String(process.pid)])

await runToItsEnd(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hsb-bench-'))
  atEnd(() => rmSync(folder, { recursive: true }))
  const sqlite = createSqlite(folder)
  let starting: Promise<Engine> | undefined
  const startOnce = () => (starting ??= startPostgres(values['postgres-url']))

  if (only.has('sqlite')) {
    await compareHttp(sqlite, extent)
    await compareDelivery(sqlite, extent)
  }
  if (only.has('postgres')) {
    await compareHttp(await startOnce(), extent)
    await compareDelivery(await startOnce(), extent)
  }
  if (only.has('full-table')) {
    await compareFullTable(sqlite, extent, rows)
    await compareFullTable(await startOnce(), extent, rows)
  }
  if (only.has('latency')) {
    await measureLatency(sqlite, seconds)
    await measureLatency(await startOnce(), seconds)
  }
  if (only.has('host')) await compareHost(sqlite, extent)
  if (only.has('import')) measureImport(extent.rounds)
  goOn()
  if (only.has('cold-start')) await measureColdStart()
  if (only.has('admin')) {
    await measureAdmin(sqlite, rows)
    await measureAdmin(await startOnce(), rows)
  }
})
