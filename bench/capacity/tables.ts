import type { Server } from './server.ts'

/** Seconds that it took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return Math.round((performance.now() - began) / 100) / 10
}

/** Bytes a message on disk, by table and by index; those of all partitions together. */
export async function sizesOf(
  server: Server,
  schema: string,
  messages: number,
): Promise<Record<string, number>> {
  const rows = await server.query(`
    select coalesce(shape, family) as name, sum(bytes)::bigint as bytes from (
      select regexp_replace(c.relname, '_(rest|before|\\d{4}_\\d\\d)$', '') as family,
        case when c.relkind = 'i' then regexp_replace(pg_get_indexdef(c.oid), '^.*ON \\S+\\.(sms_[a-z]+)\\S* USING btree ', '\\1 ') end as shape,
        pg_relation_size(c.oid) as bytes
      from pg_class c where c.relnamespace = '${schema}'::regnamespace and c.relkind in ('r', 'i')
    ) as parts group by 1 having sum(bytes) > ${messages} order by 2 desc`)
  return Object.fromEntries(
    rows.map((row) => [String(row['name']), Math.round(Number(row['bytes']) / messages)]),
  )
}

/** Takes all indexes of a plain table away; answers the statements that make them again. */
export async function dropIndexes(server: Server, schema: string): Promise<string[]> {
  const rows = await server.query(`
    select i.relname as name, t.relname as table, indisprimary as first, pg_get_indexdef(indexrelid) as text
    from pg_index join pg_class i on i.oid = indexrelid join pg_class t on t.oid = indrelid
    where t.relnamespace = '${schema}'::regnamespace and t.relname in ('sms_log', 'sms_event') order by 3 desc`)
  const again: string[] = []
  for (const { name, table, first, text } of rows) {
    const place = `${schema}.${String(table)}`
    if (first === true) {
      await server.query(`alter table ${place} drop constraint ${String(name)}`)
      again.push(`alter table ${place} add primary key (id)`)
    } else {
      await server.query(`drop index ${schema}.${String(name)}`)
      again.push(String(text))
    }
  }
  return again
}
