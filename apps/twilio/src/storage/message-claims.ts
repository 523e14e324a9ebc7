import { type RawBuilder, sql } from 'kysely'
import { type Message, priorityOf } from '../domain/message.ts'
import type { Instant } from '../domain/time.ts'
import type { Bind, Engine } from './engines/engine.ts'
import { toMessage } from './message-rows.ts'
import type { MessageRow } from './schema.ts'
import { groupStatement, orNull, orUndefined, type Session, statement } from './statement.ts'
import type { MessageStore } from './store.ts'

// Waiting rows are found by `status_rank = 0`, running ones by `status_rank = 1`: written out, because
// a partial index serves only a query that repeats its condition literally. Those past their end are
// found by `status`, for the same reason: the index for expiry must serve nothing else.

// Each priority is a range of its own in the index, and ends at `now`: messages that are planned for
// later are not read, and a backlog is not sorted.
function dueOf(priority: number, bind: Bind<'now' | 'limit'>, engine: Engine): RawBuilder<unknown> {
  return sql`
    select * from (
      select id, priority, next_at from sms_log
      where status_rank = 0 and priority = ${sql.lit(priority)}
        and next_at <= ${bind('now')} and expires_at > ${bind('now')}
      order by next_at limit ${bind('limit')} ${engine.skipLocked}
    ) as due${sql.raw(String(priority))}`
}

// MATERIALIZED: PostgreSQL may else run the subselect once for each row that it looks at, and each time
// it would lock and take other rows. The update asks for nothing but the ids: with the rank beside them
// PostgreSQL may look them up in all that waits, where it believes that nothing does.
const claim = statement<MessageRow, 'now' | 'leaseUntil' | 'limit'>(
  (bind, engine) => sql`
    with due as materialized (
      select id from (
        ${sql.join(
          Object.values(priorityOf).map((priority) => dueOf(priority, bind, engine)),
          sql` union all `,
        )}
      ) as dues
      order by priority desc, next_at limit ${bind('limit')}
    )
    update sms_log
    set status = 'SENDING', status_rank = 1, attempts = sms_log.attempts + 1,
      attempted_at = ${bind('now')}, next_at = ${bind('leaseUntil')}, updated_at = ${bind('now')}
    where id in (select id from due)
    returning *`,
)

// What is thrown away comes back as it was, as far as the row remembers: a first attempt gets its old
// place in the line again, unless it is put off.
const unclaim = groupStatement({
  key: 'id',
  fields: { id: 'text', attempts: 'number', now: 'number', putOffUntil: 'number' },
  build: (bind, { from }) => sql`
    update sms_log
    set status = case
        when sms_log.attempts = 1 and sms_log.send_at > sms_log.created_at then 'SCHEDULED'
        else 'QUEUED' end,
      status_rank = 0, attempts = sms_log.attempts - 1, updated_at = ${bind('now')},
      attempted_at = case when sms_log.attempts = 1 then null else sms_log.attempted_at end,
      polls = case when ${bind('putOffUntil')} is null then sms_log.polls else sms_log.polls + 1 end,
      next_at = case
        when ${bind('putOffUntil')} is not null then ${bind('putOffUntil')}
        when sms_log.attempts > 1 then ${bind('now')}
        when sms_log.send_at > sms_log.created_at then sms_log.send_at
        else sms_log.created_at end
    ${from}
    where id = ${bind('id')} and status = 'SENDING' and attempts = ${bind('attempts')}`,
})

const expire = statement<MessageRow, 'now' | 'limit'>(
  (bind, engine) => sql`
    with ended as materialized (
      select id from sms_log
      where status in ('SCHEDULED', 'QUEUED') and expires_at <= ${bind('now')}
      order by expires_at limit ${bind('limit')} ${engine.skipLocked}
    )
    update sms_log
    set status = 'EXPIRED', status_rank = 4, next_at = null,
      last_event_time = ${bind('now')}, updated_at = ${bind('now')}
    where id in (select id from ended)
    returning *`,
)

const lapse = statement<MessageRow, 'now' | 'settleAt' | 'limit'>(
  (bind, engine) => sql`
    with lapsed as materialized (
      select id from sms_log
      where status_rank = 1 and status = 'SENDING' and next_at <= ${bind('now')}
      order by next_at limit ${bind('limit')} ${engine.skipLocked}
    )
    update sms_log
    set status = 'IN_DOUBT', next_at = ${bind('settleAt')}, polls = 0, lapses = sms_log.lapses + 1,
      last_event_time = ${bind('now')}, updated_at = ${bind('now')}
    where id in (select id from lapsed)
    returning *`,
)

// In the order of the ids, so that all of them is one walk through the table however many messages are
// planned for later. What was put in doubt here before is told by its attempt: it is not doubted twice.
const doubtRestored = statement<MessageRow, 'now' | 'settleAt' | 'after' | 'limit'>(
  (bind, engine) => sql`
    with unfinished as materialized (
      select id from sms_log
      where id > ${bind('after')} and status_rank <= 1
        and (status <> 'SCHEDULED' or next_at <= ${bind('now')})
        and (status <> 'IN_DOUBT' or attempted_at <> created_at)
      order by id limit ${bind('limit')} ${engine.forUpdate}
    )
    update sms_log
    set status = 'IN_DOUBT', status_rank = 1, next_at = ${bind('settleAt')}, polls = 0,
      attempts = case when sms_log.attempts = 0 then 1 else sms_log.attempts end,
      attempted_at = sms_log.created_at, last_event_time = ${bind('now')}, updated_at = ${bind('now')}
    where id in (select id from unfinished)
    returning *`,
)

/** The first entry of a range of the index; by `min` PostgreSQL may read all of them. */
function firstDue(priority: number): RawBuilder<unknown> {
  return sql`
    select * from (
      select next_at as due from sms_log
      where status_rank = 0 and priority = ${sql.lit(priority)}
      order by next_at limit 1
    ) as first${sql.raw(String(priority))}`
}

const earliest = statement<{ due: Instant | null }, never>(
  () => sql`
    select min(due) as due from (${sql.join(
      Object.values(priorityOf).map(firstDue),
      sql` union all `,
    )}) as dues`,
)

const countQueue = statement<
  { waiting: number; in_doubt: number; oldest_due_at: Instant | null },
  'now'
>(
  (bind) => sql`
    select count(*) as waiting, min(next_at) as oldest_due_at,
      (select count(*) from sms_log where status_rank = 1 and status = 'IN_DOUBT') as in_doubt
    from sms_log
    where status_rank = 0 and next_at <= ${bind('now')}
      and priority in (${sql.join(Object.values(priorityOf).map((priority) => sql.lit(priority)))})`,
)

/** The part of the message store that the worker takes its work from. */
export function createMessageClaims(
  session: Session,
): Pick<
  MessageStore,
  | 'claimDue'
  | 'release'
  | 'expireDue'
  | 'doubtLapsed'
  | 'doubtUnfinished'
  | 'nextDue'
  | 'queueFacts'
> {
  return {
    async claimDue(request) {
      const { now, leaseUntil, limit } = request
      const rows = await claim(session, { now, leaseUntil, limit })
      return rows.map(toMessage).toSorted(byUrgency)
    },
    async release(claims, now) {
      await unclaim(
        session,
        claims.map(({ id, attempts, putOffUntil }) => {
          return { id, attempts, now, putOffUntil: orNull(putOffUntil) }
        }),
      )
    },
    async expireDue(now, limit) {
      return (await expire(session, { now, limit })).map(toMessage)
    },
    async doubtLapsed(now, settleAt, limit) {
      return (await lapse(session, { now, settleAt, limit })).map(toMessage)
    },
    async doubtUnfinished(request) {
      const { now, settleAt, after, limit } = request
      const rows = await doubtRestored(session, { now, settleAt, after, limit })
      return rows.map(toMessage).toSorted((a, b) => (a.id < b.id ? -1 : 1))
    },
    async nextDue() {
      const [row] = await earliest(session, {})
      return row && orUndefined(row.due)
    },
    async queueFacts(now) {
      const [row] = await countQueue(session, { now })
      return {
        waiting: row?.waiting ?? 0,
        inDoubt: row?.in_doubt ?? 0,
        oldestDueAt: orUndefined(row?.oldest_due_at ?? null),
      }
    },
  }
}

/** RETURNING keeps no order, and the due time is already overwritten by the lease. */
function byUrgency(a: Message, b: Message): number {
  if (a.priority !== b.priority) return b.priority - a.priority
  return (a.sendAt ?? a.createdAt) - (b.sendAt ?? b.createdAt) || (a.id < b.id ? -1 : 1)
}
