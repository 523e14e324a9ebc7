import { type RawBuilder, sql } from 'kysely'
import { priorityOf } from '../domain/message.ts'
import { toMessage } from './message-rows.ts'
import type { MessageRow } from './schema.ts'
import { type Session, statement } from './statement.ts'
import type { QueueStore } from './store.ts'

// Each range ends after a number of rows: a backlog of a million is not counted to its end. What is due
// is counted in the index alone; to tell what is planned apart its rows are read, so of fewer of them.

type Bind = (name: 'now' | 'most' | 'mostRead') => RawBuilder<unknown>

function ofEachPriority(select: (priority: RawBuilder<unknown>) => RawBuilder<unknown>) {
  return sql.join(
    Object.values(priorityOf).map(
      (priority) =>
        sql`select * from (${select(sql.lit(priority))}) as p${sql.raw(String(priority))}`,
    ),
    sql` union all `,
  )
}

function countRunning(status: 'SENDING' | 'IN_DOUBT', bind: Bind): RawBuilder<unknown> {
  return sql`
    select count(*) from (
      select 1 from sms_log
      where status_rank = 1 and status = ${sql.lit(status)} limit ${bind('most')}
    ) as running`
}

const dueNow = (bind: Bind) =>
  ofEachPriority(
    (priority) => sql`
      select next_at from sms_log
      where status_rank = 0 and priority = ${priority} and next_at <= ${bind('now')}
      order by next_at limit ${bind('most')}`,
  )

const planned = (bind: Bind) =>
  ofEachPriority(
    (priority) => sql`
      select status from sms_log
      where status_rank = 0 and priority = ${priority} and next_at > ${bind('now')}
      order by next_at limit ${bind('mostRead')}`,
  )

interface FactsRow {
  due: number
  earliest: number | null
  scheduled: number
  retrying: number
  sending: number
  in_doubt: number
}

const facts = statement<FactsRow, 'now' | 'most' | 'mostRead'>(
  (bind) => sql`
    select due, earliest, scheduled, retrying,
      (${countRunning('SENDING', bind)}) as sending,
      (${countRunning('IN_DOUBT', bind)}) as in_doubt
    from (
      select count(*) as due, min(next_at) as earliest from (${dueNow(bind)}) as waiting
    ) as of_due, (
      select coalesce(sum(case when status = 'SCHEDULED' then 1 else 0 end), 0) as scheduled,
        coalesce(sum(case when status = 'QUEUED' then 1 else 0 end), 0) as retrying
      from (${planned(bind)}) as later
    ) as of_planned`,
)

const isFailed = sql`status in ('FAILED', 'UNDELIVERED', 'EXPIRED')`

const countFailed = statement<{ failed: number }, 'from' | 'most'>(
  (bind) => sql`
    select count(*) as failed from (
      select 1 from sms_log where ${isFailed} and id >= ${bind('from')} limit ${bind('most')}
    ) as failures`,
)

const newestFailed = statement<MessageRow, 'before' | 'limit'>(
  (bind) => sql`
    select * from sms_log where ${isFailed} and id < ${bind('before')}
    order by id desc limit ${bind('limit')}`,
)

/** What is asked about the messages of `sms_log` together. */
export function createQueue(session: Session): QueueStore {
  return {
    async facts({ now, failedFrom, most, mostRead }) {
      const [row] = await facts(session, { now, most, mostRead })
      const [failures] = await countFailed(session, { from: failedFrom, most })
      return {
        due: row?.due ?? 0,
        earliestAt: row?.earliest ?? undefined,
        scheduled: row?.scheduled ?? 0,
        retrying: row?.retrying ?? 0,
        sending: row?.sending ?? 0,
        inDoubt: row?.in_doubt ?? 0,
        failed: failures?.failed ?? 0,
      }
    },
    async listFailed({ before, limit }) {
      return (await newestFailed(session, { before, limit })).map(toMessage)
    },
  }
}
