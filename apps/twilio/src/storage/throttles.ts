import { sql } from 'kysely'
import type { Hits } from '../domain/throttle.ts'
import { readList } from './json.ts'
import type { ThrottleRow } from './schema.ts'
import { groupStatement, type Session, statement } from './statement.ts'
import type { ThrottleStore } from './store.ts'

// An update that changes nothing still locks its row, and a missing row is made: so also the first two
// hits of a key wait for each other. Sorted, so that two transactions take their locks in one order.
const lockRows = statement<Pick<ThrottleRow, 'key' | 'hits'>, 'keys'>(
  (bind, engine) => sql`
    insert into sms_throttle (key, hits, expires_at)
    select value, '[]', 0 from ${engine.texts(bind('keys'))} as keys where true order by value
    on conflict (key) do update set key = excluded.key
    returning key, hits`,
)

const selectRows = statement<Pick<ThrottleRow, 'key' | 'hits'>, 'keys'>(
  (bind, engine) => sql`
    select key, hits from sms_throttle where key in ${engine.texts(bind('keys'))}`,
)

const saveHits = groupStatement({
  key: 'key',
  fields: { key: 'text', hits: 'text', expires_at: 'number' },
  build: (bind, { values }) => sql`
    insert into sms_throttle (key, hits, expires_at)
    ${values([bind('key'), bind('hits'), bind('expires_at')])}
    on conflict (key) do update set hits = excluded.hits, expires_at = excluded.expires_at`,
})

const sweepRows = statement<{ key: string }, 'now' | 'limit'>(
  (bind, engine) => sql`
    with useless as materialized (
      select key from sms_throttle where expires_at <= ${bind('now')}
      order by expires_at limit ${bind('limit')} ${engine.skipLocked}
    )
    delete from sms_throttle where key in (select key from useless)
    returning key`,
)

/** The counters of `sms_throttle`. */
export function createThrottles(session: Session): ThrottleStore {
  return {
    async lock(keys) {
      if (keys.length === 0) return new Map()
      const rows = await lockRows(session, { keys: JSON.stringify([...new Set(keys)]) })
      const hitsOf = new Map(rows.map((row) => [row.key, readHits(row.hits)]))
      return new Map(keys.map((key) => [key, hitsOf.get(key) ?? []]))
    },
    async read(keys) {
      if (keys.length === 0) return new Map()
      const rows = await selectRows(session, { keys: JSON.stringify(keys) })
      return new Map(rows.map((row) => [row.key, readHits(row.hits)]))
    },
    async save(entries) {
      await saveHits(
        session,
        entries.map(({ key, hits, expiresAt }) => ({
          key,
          hits: JSON.stringify(hits.map(({ at, cost }) => [at, cost])),
          expires_at: expiresAt,
        })),
      )
    },
    async sweep(now, limit) {
      return (await sweepRows(session, { now, limit })).length
    },
  }
}

function readHits(json: string): Hits {
  return readList(json).flatMap((entry) => {
    if (!Array.isArray(entry)) return []
    const at: unknown = entry[0]
    const cost: unknown = entry[1]
    return typeof at === 'number' && typeof cost === 'number' ? [{ at, cost }] : []
  })
}
