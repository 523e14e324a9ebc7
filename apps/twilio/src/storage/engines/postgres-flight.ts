import type { Value } from './engine.ts'
import { arrayText } from './postgres-groups.ts'
import type { PostgresClient } from './postgres-pool.ts'

// What is asked together goes out in one write, ends in one Sync, and is answered in one go: a round
// trip for all of it. PostgreSQL leaves out whatever stands between a failure and the Sync, so nothing
// that comes behind a failed statement is run, not even where it was the BEGIN that failed.
// https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING

/** One statement of a flight. */
export interface Leg {
  /** What it is prepared as, once a connection; undefined where it is not asked often enough. */
  name: string | undefined
  text: string
  values: readonly unknown[]
}

/** What a statement answered. */
export interface LegResult {
  command: string
  rowCount: number | null
  rows: unknown[]
}

/** Runs statements one after another until one fails; rejects as the client does. 0 waits for ever. */
export function fly(
  client: PostgresClient,
  legs: readonly Leg[],
  timeoutMs: number,
): Promise<LegResult[]> {
  return canPipeline(client) ? together(client, legs, timeoutMs) : oneByOne(client, legs, timeoutMs)
}

/** The way to the server that a client of `pg` hands to who submits messages of his own, as `pg-cursor` does. */
interface Wire {
  stream: { cork?: () => void; uncork?: () => void }
  parsedStatements: Record<string, string>
  parse(what: { name: string; text: string }): void
  bind(what: { portal: string; statement: string; values: (string | null)[] }): void
  describe(what: { type: 'P'; name: string }): void
  execute(what: { portal: string; rows: number }): void
  sync(): void
}

interface PipelineClient {
  query(flight: object): unknown
}

/** True for the client that is written in JavaScript; one that pipelines by itself takes single statements only. */
function canPipeline(client: object): client is PipelineClient {
  if (!('connection' in client) || ('pipeline' in client && client.pipeline === true)) return false
  const { connection } = client
  if (typeof connection !== 'object' || connection === null) return false
  const isThere = (name: string) => typeof Reflect.get(connection, name) === 'function'
  return (
    ['parse', 'bind', 'describe', 'execute', 'sync'].every(isThere) &&
    'parsedStatements' in connection
  )
}

interface Field {
  name: string
  read: (text: string) => unknown
}

function together(
  client: PipelineClient,
  legs: readonly Leg[],
  timeoutMs: number,
): Promise<LegResult[]> {
  // Before anything is sent: what cannot be sent must not leave half a flight on its way.
  const values = legs.map((leg) => leg.values.map(textOf))
  return new Promise((resolve, reject) => {
    const results: LegResult[] = []
    let fields: Field[] = []
    let rows: unknown[] = []
    client.query({
      query_timeout: timeoutMs,
      // The client notes the one that is being answered as prepared.
      get name() {
        return legs[results.length]?.name
      },
      get text() {
        return legs[results.length]?.text
      },
      callback(error: unknown) {
        if (error) reject(error)
        else resolve(results)
      },
      submit: (wire: Wire) => send(wire, legs, values),
      handleRowDescription(message: { fields: { name: string; dataTypeID: number }[] }) {
        fields = message.fields.map(({ name, dataTypeID }) => ({
          name,
          read: readerOf(dataTypeID),
        }))
      },
      handleDataRow(message: { fields: (string | null)[] }) {
        const row: Record<string, unknown> = {}
        fields.forEach(({ name, read }, i) => {
          const text = message.fields[i] ?? null
          row[name] = text === null ? null : read(text)
        })
        rows.push(row)
      },
      handleCommandComplete(message: { text: string }) {
        const [, command = '', count] = /^(\w+).*?(\d+)?$/.exec(message.text) ?? []
        results.push({ command, rowCount: count === undefined ? null : Number(count), rows })
        rows = []
        fields = []
      },
      handleEmptyQuery() {
        results.push({ command: '', rowCount: null, rows: [] })
      },
      handleError(this: { callback(error: unknown): void }, error: unknown) {
        this.callback(error)
      },
      // Set anew by the client, where there is a time limit.
      handleReadyForQuery(this: { callback(error: unknown): void }) {
        this.callback(null)
      },
    })
  })
}

function send(wire: Wire, legs: readonly Leg[], values: (string | null)[][]): null {
  const prepared = new Set<string>()
  wire.stream.cork?.()
  for (const [i, { name = '', text }] of legs.entries()) {
    if (name === '' || (wire.parsedStatements[name] === undefined && !prepared.has(name))) {
      wire.parse({ name, text })
      prepared.add(name)
    }
    wire.bind({ portal: '', statement: name, values: values[i] ?? [] })
    wire.describe({ type: 'P', name: '' })
    wire.execute({ portal: '', rows: 0 })
  }
  wire.sync()
  wire.stream.uncork?.()
  return null
}

async function oneByOne(
  client: PostgresClient,
  legs: readonly Leg[],
  timeoutMs: number,
): Promise<LegResult[]> {
  const results: LegResult[] = []
  const until = performance.now() + timeoutMs
  for (const { name, text, values } of legs) {
    const leftMs = timeoutMs === 0 ? 0 : Math.max(1, Math.ceil(until - performance.now()))
    const prepared = name === undefined ? {} : { name, values: [...values] }
    results.push(await client.query({ text, ...prepared, types, query_timeout: leftMs }))
  }
  return results
}

function textOf(value: unknown): string | null {
  if (value === null || typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (Array.isArray(value)) return arrayText(value.map(valueOf))
  throw new TypeError(`a ${typeof value} cannot be stored`)
}

function valueOf(value: unknown): Value {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value
  throw new TypeError(`a list with a ${typeof value} cannot be stored`)
}

// By statement: `pg.types.setTypeParser` would change what the host reads.
const oids = { bool: 16, int8: 20, int2: 21, int4: 23 }
const numbers = new Set([oids.int8, oids.int2, oids.int4])

function readerOf(oid: number): (text: string) => unknown {
  if (numbers.has(oid)) return Number
  if (oid === oids.bool) return (text) => text === 't'
  return String
}

const types = { getTypeParser: readerOf }
