import { Client } from 'pg'
import { openPostgres } from '../../src/storage/engines/postgres.ts'
import type { Backed } from './restored.ts'

/** A schema, copied into another one from one moment of it, as `pg_dump` does it. */
export function createBackedSchema(newPlace: () => { url: string; schema: string }): Backed {
  const place = newPlace()
  return {
    database: place,
    async backUp() {
      const copy = newPlace()
      const store = openPostgres(copy)
      await store.migrate()
      await store.close()
      const client = new Client({ connectionString: place.url })
      await client.connect()
      try {
        await client.query('begin isolation level repeatable read')
        const { rows } = await client.query<{ name: string }>(
          `select tablename as name from pg_tables
           where schemaname = $1 and tablename <> 'sms_migration'`,
          [place.schema],
        )
        for (const { name } of rows)
          await client.query(
            `insert into ${copy.schema}.${name} select * from ${place.schema}.${name}`,
          )
        const { rows: counted } = await client.query<{ name: string }>(
          `select table_name as name from information_schema.columns
           where table_schema = $1 and column_name = 'id' and data_type = 'bigint'`,
          [place.schema],
        )
        for (const { name } of counted)
          await client.query(
            `select setval(pg_get_serial_sequence('${copy.schema}.${name}', 'id'), max(id))
             from ${copy.schema}.${name}`,
          )
        await client.query('commit')
      } finally {
        await client.end()
      }
      return copy
    },
  }
}
