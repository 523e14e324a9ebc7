import { type RawBuilder, sql } from 'kysely'
import { priorityOf } from '../domain/message.ts'
import { toMessage } from './message-rows.ts'
import type { MessageRow } from './schema.ts'
import { type Session, statement } from './statement.ts'
import type { QueueStore } from './store.ts'

// Each range ends after `most` rows: a backlog of a million is not counted to its end.

type Bind = (name: 'most') => RawBuilder<unknown>

function waitingOf(priority: number, bind: Bind): RawBuilder<unknown> {
  return sql`
    select * from (
      select status, attempts, next_at from sms_log
      where status_rank = 0 and priority = ${sql.lit(priority)}
      order by next_at limit ${bind('most')}
    ) as of_priority${sql.raw(String(priority))}`
}

function countRunning(status: 'SENDING' | 'IN_DOUBT', bind: Bind): RawBuilder<unknown> {
  return sql`
    select count(*) from (
      select 1 from sms_log
      where status_rank = 1 and status = ${sql.lit(status)} limit ${bind('most')}
    ) as running`
}

interface FactsRow {
  counted: number
  scheduled: number
  retrying: number
  oldest: number | null
  sending: number
  in_doubt: number
}

const facts = statement<FactsRow, 'most'>(
  (bind) => sql`
    select count(*) as counted,
      coalesce(sum(case when status = 'SCHEDULED' then 1 else 0 end), 0) as scheduled,
      coalesce(sum(case when status = 'QUEUED' and attempts > 0 then 1 else 0 end), 0) as retrying,
      min(next_at) as oldest,
      (${countRunning('SENDING', bind)}) as sending,
      (${countRunning('IN_DOUBT', bind)}) as in_doubt
    from (${sql.join(
      Object.values(priorityOf).map((priority) => waitingOf(priority, bind)),
      sql` union all `,
    )}) as waiting`,
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
    async facts({ failedFrom, most }) {
      const [row] = await facts(session, { most })
      const [failures] = await countFailed(session, { from: failedFrom, most })
      return {
        counted: row?.counted ?? 0,
        scheduled: row?.scheduled ?? 0,
        retrying: row?.retrying ?? 0,
        earliestAt: row?.oldest ?? undefined,
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
