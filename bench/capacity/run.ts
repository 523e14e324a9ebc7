// node --conditions=source bench/capacity/run.ts --messages 10000000 --folder /var/tmp
// Fills a PostgreSQL on a disk with finished messages and their events, in monthly partitions and then
// in plain tables, and measures what the product's own statements cost on them beside empty tables.
import { parseArgs } from 'node:util'
import pg from 'pg'
import { openPostgres } from '../../apps/twilio/src/storage/engines/postgres.ts'
import { partition } from '../../apps/twilio/test/partitions/partitioned.ts'
import { askAsAdmin } from './admin.ts'
import { fillEvents, fillMessages } from './fill.ts'
import { type Cost, measureRounds, measureSteps } from './measure.ts'
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
  await server.restart({
    ...memory,
    fsync: 'off',
    wal_level: 'minimal',
    max_wal_senders: 0,
    autovacuum: 'off',
    max_wal_size: '16GB',
    checkpoint_timeout: '30min',
  })
  const places = ['empty', 'months', 'flat'].map((schema) => ({ url: server.url, schema }))
  for (const place of places) {
    const store = openPostgres(place)
    await store.migrate()
    await store.close()
  }
  await partition({ url: server.url, schema: 'months' }, new Date(monthAt(0)).toISOString())
  await server.query(`set search_path to months; select sms_make_months(1)`)
  say('filled', await timed(() => fillMonths()))
  await durable()
  say(
    'vacuum and analyze',
    await timed(() =>
      server
        .query('vacuum analyze months.sms_log; vacuum analyze months.sms_event')
        .catch(vacuumApart),
    ),
  )
  await sizes('months')
  await compare('months')
  say('admin', await askAsAdmin(server, 'months'))

  await server.restart({
    ...memory,
    fsync: 'off',
    wal_level: 'minimal',
    max_wal_senders: 0,
    autovacuum: 'off',
    max_wal_size: '16GB',
    checkpoint_timeout: '30min',
  })
  const rebuild = await dropIndexes(server, 'flat')
  for (let i = 0; i < months; i++) await moveMonth(i)
  for (const text of rebuild)
    say(text, await timed(() => server.query(`set maintenance_work_mem = '1GB'; ${text}`)))
  await durable()
  await vacuumApart('flat')
  await sizes('flat')
  await compare('flat')
  say('admin', await askAsAdmin(server, 'flat'))
  await deleteMonth()
} finally {
  await server.stop()
}

async function durable(): Promise<void> {
  await server.query('checkpoint')
  await server.restart({ ...memory, checkpoint_timeout: '15min' })
}

async function vacuumApart(schema: unknown = 'months'): Promise<void> {
  const name = typeof schema === 'string' ? schema : 'months'
  for (const table of ['sms_log', 'sms_event']) {
    say(
      `vacuum ${name}.${table}`,
      await timed(() => server.query(`vacuum analyze ${name}.${table}`)),
    )
  }
}

/** Two at a time, each month a partition of its own. */
async function fillMonths(): Promise<void> {
  const left = Array.from({ length: months }, (_, i) => i)
  await Promise.all(
    [0, 1].map(async () => {
      const client = new pg.Client({ connectionString: server.url })
      await client.connect()
      for (let i = left.shift(); i !== undefined; i = left.shift()) {
        const filling = {
          log: `months.sms_log_${suffixAt(i)}`,
          event: `months.sms_event_${suffixAt(i)}`,
          first: i * perMonth + 1,
          count: perMonth,
          from: monthAt(i),
          until: Math.min(monthAt(i + 1), Date.now() - 3_600_000),
        }
        await client.query(fillMessages(filling))
        await client.query(fillEvents(filling))
      }
      await client.end()
    }),
  )
  await server.query(
    `select setval(pg_get_serial_sequence('months.sms_event', 'id'), ${messages * 5 + 10})`,
  )
}

async function sizes(schema: string): Promise<void> {
  say(`bytes a message, ${schema}`, await sizesOf(server, schema, perMonth * months))
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
      if (store)
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

/** Into the plain tables, and its partitions dropped. */
async function moveMonth(i: number): Promise<void> {
  const columns = async (table: string) => {
    const rows =
      await server.query(`select string_agg(quote_ident(attname), ', ' order by attnum) as list
      from pg_attribute where attrelid = 'flat.${table}'::regclass and attnum > 0`)
    return String(rows[0]?.['list'])
  }
  const copied = await timed(async () => {
    for (const table of ['sms_log', 'sms_event']) {
      const list = await columns(table)
      await server.query(
        `insert into flat.${table} (${list}) select ${list} from months.${table}_${suffixAt(i)}`,
      )
    }
  })
  const end = new Date(monthAt(i + 1) + 40 * 86_400_000).toISOString()
  await server.query(
    `set search_path to months; update sms_log set next_at = null, status_rank = greatest(2, status_rank) where next_at is not null`,
  )
  const dropped = await timed(() =>
    server.query(`set search_path to months; select sms_drop_months('31 days', '${end}')`),
  )
  say(`month ${suffixAt(i)}`, { copied, dropped })
}

async function deleteMonth(): Promise<void> {
  const ids = `>= months.sms_id_at('${new Date(monthAt(1)).toISOString()}') and %s < months.sms_id_at('${new Date(monthAt(2)).toISOString()}')`
  for (const [table, key] of [
    ['sms_event', 'message_id'],
    ['sms_log', 'id'],
  ]) {
    const range = `${key} ${ids.replace('%s', String(key))}`
    const [before] = await server.query('select pg_current_wal_lsn() as lsn')
    const seconds = await timed(() => server.query(`delete from flat.${table} where ${range}`))
    const [after] = await server.query(
      `select (pg_current_wal_lsn() - '${String(before?.['lsn'])}') / 1e6 as mb`,
    )
    say(`delete of a month, ${table}`, { seconds, walMb: Number(after?.['mb']) })
  }
  await vacuumApart('flat')
}
