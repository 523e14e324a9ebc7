import { type RawBuilder, sql } from 'kysely'
import { orUndefined, type Session, statement } from './statement.ts'
import type { RetentionStore } from './store.ts'

/** Final, or sent and no longer asked about: some carriers send no receipts, and SENT stays the last word. */
export const isOver = sql`(status_rank >= 4 or (status_rank >= 2 and next_at is null))`

const selectRange = statement<
  { first: string | null; last: string | null; seen: number; first_open: string | null },
  'after' | 'before' | 'limit'
>(
  (bind) => sql`
    select min(id) as first, max(id) as last, count(*) as seen,
      min(case when ${isOver} then null else id end) as first_open
    from (
      select id, status_rank, next_at from sms_log
      where id > ${bind('after')} and id < ${bind('before')}
      order by id limit ${bind('limit')}
    ) as range_of_ids`,
)

const clearKeys = statement<{ id: string }, 'first' | 'last'>(
  (bind) => sql`
    update sms_log set idempotency_key = null, request_hash = null
    where id >= ${bind('first')} and id <= ${bind('last')}
      and (idempotency_key is not null or request_hash is not null)
    returning id`,
)

/** The number of the other side of a message. */
export const theirPhone = sql`case when direction = 'outbound' then to_phone else from_phone end`

/** Masks the other side's number, not ours. */
export const maskTheirs = sql`
  to_phone = case when direction = 'outbound' then ${masked('to_phone')} else to_phone end,
  from_phone = case when direction = 'inbound' then ${masked('from_phone')} else from_phone end`

/** Empties what somebody wrote. */
export const emptyText = sql`message = '', metadata = null, media_urls = null`

const clearTexts = statement<{ id: string }, 'first' | 'last'>(
  (bind) => sql`
    update sms_log set ${emptyText}
    where id >= ${bind('first')} and id <= ${bind('last')} and ${isOver}
      and (message <> '' or metadata is not null or media_urls is not null)
    returning id`,
)

const maskPhones = statement<{ id: string }, 'first' | 'last'>(
  (bind) => sql`
    update sms_log set ${maskTheirs}
    where id >= ${bind('first')} and id <= ${bind('last')} and ${isOver}
      and ${theirPhone} not like '%*%'
    returning id`,
)

/** A number as `maskPhone` writes it. */
function masked(column: 'to_phone' | 'from_phone'): RawBuilder<unknown> {
  const phone = sql.ref(column)
  const stars = sql.lit('*'.repeat(64))
  return sql`
    case when length(${phone}) > 7
      then substr(${phone}, 1, 5) || substr(${stars}, 1, length(${phone}) - 7)
        || substr(${phone}, length(${phone}) - 1)
      else substr(${stars}, 1, length(${phone})) end`
}

const deleteVerifications = statement<{ id: string }, 'before' | 'now' | 'limit'>(
  (bind, engine) => sql`
    with old as materialized (
      select id from sms_verification
      where id < ${bind('before')} and (status <> 'pending' or expires_at <= ${bind('now')})
      order by id limit ${bind('limit')} ${engine.skipLocked}
    )
    delete from sms_verification where id in (select id from old)
    returning id`,
)

const deleteMessages = statement<{ id: string }, 'before' | 'limit'>(
  (bind, engine) => sql`
    with old as materialized (
      select id from sms_log where id < ${bind('before')} and ${isOver}
      order by id limit ${bind('limit')} ${engine.skipLocked}
    )
    delete from sms_log where id in (select id from old)
    returning id`,
)

const deleteEvents = statement<never, 'ids'>(
  (bind, engine) => sql`
    delete from sms_event where message_id in ${engine.texts(bind('ids'))}`,
)

/** Forgetting what has been kept for long enough. */
export function createRetention(session: Session): RetentionStore {
  return {
    async nextRange({ after, before, limit }) {
      const [row] = await selectRange(session, { after, before, limit })
      if (!row || row.first === null || row.last === null) return undefined
      const { first, last, seen } = row
      return { first, last, seen, firstOpen: orUndefined(row.first_open) }
    },
    clearKeys: async ({ first, last }) => (await clearKeys(session, { first, last })).length,
    clearTexts: async ({ first, last }) => (await clearTexts(session, { first, last })).length,
    maskPhones: async ({ first, last }) => (await maskPhones(session, { first, last })).length,
    deleteVerifications: async ({ before, now, limit }) =>
      (await deleteVerifications(session, { before, now, limit })).length,
    async deleteMessages({ before, limit }) {
      const rows = await deleteMessages(session, { before, limit })
      if (rows.length > 0)
        await deleteEvents(session, { ids: JSON.stringify(rows.map(({ id }) => id)) })
      return rows.length
    },
  }
}
