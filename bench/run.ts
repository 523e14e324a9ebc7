// npm run bench: the app against the physical limit, in turn, in one run. Ratios are what counts; the
// absolute figures are this machine's on this day.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { callbackBytes } from './callback.ts'
import { measureColdStart } from './cold-start.ts'
import { postBytes, runLoad } from './load.ts'
import { type ServerProcess, startServerProcess } from './process.ts'

const { values } = parseArgs({
  allowNegative: true,
  options: {
    rounds: { type: 'string', default: '5' },
    requests: { type: 'string', default: '12000' },
    'cold-start': { type: 'boolean', default: true },
  },
})
const rounds = Number(values.rounds)
const requests = Number(values.requests)
const connections = 64
// As many as the compiler of the machine takes to come to rest: a server runs for weeks.
const warmUp = 20_000

interface Round {
  perSecond: number
  cpuMicros: number
  p50: number
  p99: number
}
type Table = Record<'accept' | 'callback', Round[]>

// The load on one CPU, the server on the other (see process.ts): neither may take the other's time.
spawnSync('taskset', ['-a', '-c', '-p', '0', String(process.pid)])
const folder = mkdtempSync(join(tmpdir(), 'hsb-bench-'))
const tables: Record<'limit' | 'app', Table> = {
  limit: { accept: [], callback: [] },
  app: { accept: [], callback: [] },
}
try {
  for (let round = 0; round < rounds; round++) {
    for (const name of ['limit', 'app'] as const) {
      const file = join(folder, `${name}-${round}.db`)
      const server = await startServerProcess(`bench/servers/${name}.ts`, [file])
      try {
        await measure(server, tables[name])
      } finally {
        await server.stop()
      }
    }
  }
  print('accept')
  print('callback')
  if (values['cold-start']) await measureColdStart()
} finally {
  rmSync(folder, { recursive: true })
}

async function measure(server: ServerProcess, table: Table): Promise<void> {
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${server.facts['key'] ?? ''}`,
  }
  const send = (index: number) => {
    const body = {
      to_phone: `+1415555${String(index % 10_000).padStart(4, '0')}`,
      message: `Your parcel ${index} is on its way`,
    }
    return postBytes('/api/sms/send/', headers, JSON.stringify(body))
  }
  const ids: string[] = []
  const collect = (text: string) => ids.push(/"id":"([0-9a-f-]{36})"/.exec(text)?.[1] ?? '')
  await load(server, { count: warmUp, requestOf: send, expected: 202, onAnswer: collect })
  const accepted = { count: requests, requestOf: send, expected: 202, onAnswer: collect }
  table.accept.push(await load(server, accepted))

  // Signed beforehand: signing is the carrier's work, not the server's.
  const callbacks = ids.map((id, i) => callbackBytes(id, i + 1))
  const from = (first: number) => (index: number) => callbacks[first + index] ?? Buffer.alloc(0)
  await load(server, { count: warmUp, requestOf: from(0), expected: 204 })
  const called = { count: requests, requestOf: from(warmUp), expected: 204 }
  table.callback.push(await load(server, called))
}

interface Load {
  count: number
  requestOf: (index: number) => Buffer
  expected: number
  onAnswer?: (text: string) => void
}

async function load(server: ServerProcess, what: Load): Promise<Round> {
  const { count, requestOf, expected, onAnswer } = what
  const before = server.cpuMicros()
  const result = await runLoad({
    port: server.port,
    connections,
    requests: count,
    requestOf,
    onAnswer,
  })
  const cpu = server.cpuMicros() - before
  if (result.statuses.get(expected) !== count) {
    throw new Error(
      `expected ${count} answers ${expected}, got ${JSON.stringify([...result.statuses])}`,
    )
  }
  const sorted = result.latencies.toSorted()
  const at = (share: number) => sorted[Math.floor(share * (count - 1))] ?? 0
  return { perSecond: count / result.seconds, cpuMicros: cpu / count, p50: at(0.5), p99: at(0.99) }
}

function median(list: number[]): number {
  return list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0
}

function print(what: 'accept' | 'callback'): void {
  const column = (name: 'limit' | 'app', key: keyof Round) =>
    median(tables[name][what].map((round) => round[key]))
  console.log(`\n${what}, ${connections} connections, median of ${rounds} rounds`)
  console.log('          messages/s   CPU µs   p50 ms   p99 ms')
  for (const name of ['limit', 'app'] as const) {
    const cells = [
      column(name, 'perSecond').toFixed(0).padStart(10),
      column(name, 'cpuMicros').toFixed(1).padStart(8),
      column(name, 'p50').toFixed(2).padStart(8),
      column(name, 'p99').toFixed(2).padStart(8),
    ]
    console.log(`${name.padEnd(8)}  ${cells.join(' ')}`)
  }
  const rate = column('app', 'perSecond') / column('limit', 'perSecond')
  const cpu = column('app', 'cpuMicros') / column('limit', 'cpuMicros')
  console.log(
    `app/limit ${rate.toFixed(2).padStart(10)} ${cpu.toFixed(2).padStart(8)}   (goal: >= 0.70, <= 1.50)`,
  )
}
