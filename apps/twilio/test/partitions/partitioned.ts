import { readFileSync } from 'node:fs'
import { Client } from 'pg'
import { openPostgres } from '../../src/storage/engines/postgres.ts'
import type { Store } from '../../src/storage/store.ts'

/** The recipe as it is handed out. */
const recipe = readFileSync(
  new URL('../../../../docs/postgres-partitions.sql', import.meta.url),
  'utf8',
)

/** Where the tables of a test are. */
export interface Place {
  url: string
  schema: string
}

/** What an operator does at these tables, one statement after another; answers the last one's rows. */
export async function operate(
  { url, schema }: Place,
  ...statements: string[]
): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url, options: `-c search_path=${schema}` })
  await client.connect()
  try {
    let rows: Record<string, unknown>[] = []
    for (const text of statements) rows = (await client.query<Record<string, unknown>>(text)).rows
    return rows
  } finally {
    await client.end()
  }
}

/** Partitions migrated tables from this month on. */
export async function partition(place: Place, border: string): Promise<void> {
  await operate(place, recipe, `select sms_partition('${border}')`)
}

/** A store whose tables are partitioned when its migrations are done. */
export function openPartitioned(
  place: Place,
  prepare: (place: Place) => Promise<unknown>,
  options?: Parameters<typeof openPostgres>[1],
): Store {
  const store = openPostgres(place, options)
  return {
    ...store,
    async migrate() {
      const report = await store.migrate()
      if (report.applied.length > 0) await prepare(place)
      return report
    },
  }
}
