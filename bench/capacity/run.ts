// node --conditions=source bench/capacity/run.ts --messages 10000000 --folder /var/tmp
// Fills a PostgreSQL on a disk with finished messages and their events, in monthly partitions and then
// in plain tables, and measures what the product's own statements cost on them beside empty tables.
import { parseArgs } from 'node:util'
import { Client } from 'pg'
import { openPostgres } from '../../apps/twilio/src/storage/engines/postgres.ts'
import { operate, partition } from '../../apps/twilio/test/partitions/partitioned.ts'
import { askAsAdmin } from './admin.ts'
import { fillEvents, fillMessages } from './fill.ts'
import { type Cost, measureBacklog, measureRounds, measureSteps } from './measure.ts'
import { dropIndexes, sizesOf, timed } from './tables.ts'
import { startServer } from './server.ts'

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '10000000' },
    months: { type: 'string', default: '12' },
    bin: { type: 'string', default: '/usr/lib/postgresql/15/bin' },
    folder: { type: 'string', default: '/var/tmp' },
  },
})
const messages = Number(values.messages)
const months = Number(values.months)
const perMonth = Math.floor(messages / months)
const memory = { shared_buffers: '2GB', max_wal_size: '4GB', max_connections: 50 }
const began = Date.now()
const today = new Date()
const monthAt = (i: number) =>
  Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + 1 - months + i, 1)
const suffixAt = (i: number) => new Date(monthAt(i)).toISOString().slice(0, 7).replace('-', '_')

function say(what: string, facts: unknown): void {
  const seconds = ((Date.now() - began) / 1_000).toFixed(0)
  console.log(`${seconds.padStart(5)} s  ${what}: ${JSON.stringify(facts)}`)
}

const server = await startServer(values.bin, values.folder)
try {
  // Filling need not survive a power cut; what is measured does.
  const filling = { fsync: 'off', wal_level: 'minimal', max_wal_senders: 0, autovacuum: 'off' }
  const wide = { max_wal_size: '3GB', checkpoint_timeout: '30min' }
  await server.restart({ ...memory, ...filling, ...wide })
  for (const schema of ['empty', 'months', 'flat']) {
    const store = openPostgres({ url: server.url, schema })
    await store.migrate()
    await store.close()
  }
  const place = { url: server.url, schema: 'months' }
  await partition(place, new Date(monthAt(0)).toISOString())
  await operate(place, 'select sms_make_months(1)')

  const rebuild = await dropIndexes(server, 'flat')
  say(
    'filled',
    await timed(() =>
      fill(
        'flat',
        Array.from({ length: months }, (_, i) => i),
      ),
    ),
  )
  await server.query(`set maintenance_work_mem = '1GB'`)
  for (const text of rebuild) say(text, await timed(() => server.query(text)))
  say('two months of partitions', await timed(() => fill('months', [months - 2, months - 1])))

  await server.query('checkpoint')
  await server.restart({ ...memory, checkpoint_timeout: '15min' })
  for (const schema of ['flat', 'months']) {
    await vacuum(schema)
    const count = schema === 'flat' ? perMonth * months : perMonth * 2
    say(`bytes a message, ${schema}`, await sizesOf(server, schema, count))
    await compare(schema)
    say(`admin, ${schema}`, await askAsAdmin(server, schema))
  }
  await deleteMonth()
  await dropMonth()
  await operate(
    { url: server.url, schema: 'flat' },
    'delete from sms_event where message_id is null',
  )
  const next = new Date(monthAt(months)).toISOString()
  say('sms_partition', await timed(() => partition({ url: server.url, schema: 'flat' }, next)))
} finally {
  await server.stop()
}

async function vacuum(schema: string): Promise<void> {
  for (const table of ['sms_log', 'sms_event']) {
    const seconds = await timed(() => server.query(`vacuum analyze ${schema}.${table}`))
    say(`vacuum ${schema}.${table}`, seconds)
  }
}

/** Messages and events side by side, month after month. */
async function fill(schema: string, which: number[]): Promise<void> {
  const write = async (make: typeof fillMessages) => {
    const client = new Client({ connectionString: server.url })
    await client.connect()
    for (const i of which) {
      const month = schema === 'flat' ? '' : `_${suffixAt(i)}`
      const filling = {
        log: `${schema}.sms_log${month}`,
        event: `${schema}.sms_event${month}`,
        first: i * perMonth + 1,
        count: perMonth,
        from: monthAt(i),
        until: Math.min(monthAt(i + 1), Date.now() - 3_600_000),
      }
      await client.query(make(filling))
    }
    await client.end()
  }
  await Promise.all([write(fillMessages), write(fillEvents)])
  const last = messages * 5 + 10
  await server.query(`select setval(pg_get_serial_sequence('${schema}.sms_event', 'id'), ${last})`)
}

/** Rounds in turn on the full and on the empty tables, so that the machine's mood falls on both. */
async function compare(schema: string): Promise<void> {
  const stores = ['empty', schema].map((name) =>
    openPostgres({ url: server.url, schema: name }, { connections: 1 }),
  )
  const runs: Record<string, Cost>[][] = [[], []]
  try {
    for (let round = 0; round < 4; round++) {
      await server.query('checkpoint')
      // An empty table of which nothing is known has plans of its own.
      if (round === 1) await server.query('analyze empty.sms_log, empty.sms_event')
      for (const [i, store] of stores.entries()) {
        const costs = await measureSteps(server, store, {
          count: 5_000,
          group: 100,
          first: round * 5_000,
        })
        // The first round fills caches and prepares statements.
        if (round > 0) runs[i]?.push(costs)
      }
    }
    for (const [i, name] of ['empty', schema].entries())
      say(`steps, ${name}`, medians(runs[i] ?? []))
    const rows = await server.query(
      `select id from ${schema}.sms_log tablesample system (0.01) limit 2000`,
    )
    for (const [i, name] of ['empty', schema].entries()) {
      const store = stores[i]
      if (!store) continue
      say(`claims of 100 from a backlog, ms, ${name}`, await measureBacklog(store))

      say(
        `rounds, ${name}`,
        await measureRounds(
          store,
          rows.map((row) => String(row['id'])),
        ),
      )
    }
    const hot =
      await server.query(`select schemaname, sum(n_tup_upd) as updates, sum(n_tup_hot_upd) as hot
      from pg_stat_user_tables where relname like 'sms_log%' group by 1`)
    say('updates and those in place', hot)
  } finally {
    for (const store of stores) await store.close()
  }
}

function medians(runs: Record<string, Cost>[]): Record<string, unknown> {
  const middle = (list: number[]) =>
    Math.round(list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0)
  return Object.fromEntries(
    Object.keys(runs[0] ?? {}).map((step) => [
      step,
      {
        wall: middle(runs.map((run) => run[step]?.wallMicros ?? 0)),
        server: middle(runs.map((run) => run[step]?.serverMicros ?? 0)),
        wal: middle(runs.map((run) => run[step]?.walBytes ?? 0)),
      },
    ]),
  )
}

/** By rows, as retention does it where there are no partitions. */
async function deleteMonth(): Promise<void> {
  const border = (i: number) => `months.sms_id_at('${new Date(monthAt(i)).toISOString()}')`
  for (const [table, key] of [
    ['sms_event', 'message_id'],
    ['sms_log', 'id'],
  ]) {
    const [before] = await server.query('select pg_current_wal_lsn() as lsn')
    const text = `delete from flat.${table} where ${key} >= ${border(1)} and ${key} < ${border(2)}`
    const seconds = await timed(() => server.query(text))
    const [after] = await server.query(
      `select (pg_current_wal_lsn() - '${String(before?.['lsn'])}') / 1e6 as mb`,
    )
    say(`delete of a month, ${table}`, { seconds, walMb: Math.round(Number(after?.['mb'])) })
  }
  await vacuum('flat')
}

async function dropMonth(): Promise<void> {
  const place = { url: server.url, schema: 'months' }
  const began = performance.now()
  const end = new Date(monthAt(months - 1) + 10 * 86_400_000).toISOString()
  const dropped = await operate(place, `select sms_drop_months('9 days', '${end}') as name`)
  const ms = Math.round(performance.now() - began)
  say('drop of months', { ms, names: dropped.map((row) => row['name']) })
}
