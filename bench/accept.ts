import { callbackBytes } from './callback.ts'
import type { Engine } from './engine.ts'
import { postBytes, runLoad } from './load.ts'
import type { Place } from './place.ts'
import { type Program, startProgram } from './process.ts'
import { quantile } from './table.ts'
import { textOf } from './text.ts'

/** What one round of requests cost. */
export interface HttpCost {
  'messages/s': number
  'CPU µs': number
  'of it node': number
  'p50 ms': number
  'p99 ms': number
}

/** The digits of each column. */
export const httpColumns = {
  'messages/s': 0,
  'CPU µs': 1,
  'of it node': 1,
  'p50 ms': 2,
  'p99 ms': 2,
} satisfies Record<keyof HttpCost, number>

const connections = 64
// As many as the compiler of the machine takes to come to rest: a server runs for weeks.
const warmUp = 20_000

/** One server under load: messages accepted, then, where asked for, a callback for each of them. */
export async function measureHttp(
  engine: Engine,
  where: { script: string; place: Place },
  { requests, callbacks }: { requests: number; callbacks: boolean },
): Promise<{ accept: HttpCost; callback?: HttpCost }> {
  const program = await startProgram(where.script, where.place)
  const load = (what: Load) => measureLoad(engine, program, what)
  try {
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${program.facts['key'] ?? ''}`,
    }
    const requestOf = (index: number) => {
      const { toPhone, message } = textOf(index)
      return postBytes('/api/sms/send/', headers, JSON.stringify({ to_phone: toPhone, message }))
    }
    const ids: string[] = []
    const onAnswer = (text: string) => ids.push(/"id":"([0-9a-f-]{36})"/.exec(text)?.[1] ?? '')
    await load({ count: warmUp, requestOf, expected: 202, onAnswer })
    await engine.settle(where.place)
    const accept = await load({ count: requests, requestOf, expected: 202, onAnswer })
    if (!callbacks) return { accept }

    // Signed beforehand: signing is the carrier's work, not the server's.
    const signed = ids.map((id, i) => callbackBytes(id, i + 1))
    const from = (first: number) => (index: number) => signed[first + index] ?? Buffer.alloc(0)
    await load({ count: warmUp, requestOf: from(0), expected: 204 })
    const callback = await load({ count: requests, requestOf: from(warmUp), expected: 204 })
    return { accept, callback }
  } finally {
    await program.stop()
  }
}

interface Load {
  count: number
  requestOf: (index: number) => Buffer
  expected: number
  onAnswer?: (text: string) => void
}

async function measureLoad(engine: Engine, program: Program, what: Load): Promise<HttpCost> {
  const { count, requestOf, expected, onAnswer } = what
  const port = Number(program.facts['port'])
  const before = { node: program.cpuMicros(), engine: engine.cpuMicros() }
  const result = await runLoad({ port, connections, requests: count, requestOf, onAnswer })
  const node = program.cpuMicros() - before.node
  const all = node + engine.cpuMicros() - before.engine
  if (result.statuses.get(expected) !== count) {
    throw new Error(
      `expected ${count} answers ${expected}, got ${JSON.stringify([...result.statuses])}`,
    )
  }
  return {
    'messages/s': count / result.seconds,
    'CPU µs': all / count,
    'of it node': node / count,
    'p50 ms': quantile(result.latencies, 0.5),
    'p99 ms': quantile(result.latencies, 0.99),
  }
}
