import { type RawBuilder, sql } from 'kysely'
import type { VerificationEventKind } from '../domain/host-event.ts'
import type { MessageStatus } from '../domain/message.ts'
import type { CountedRow, HourlyStore } from './browse-store.ts'
import type { Bind, Engine } from './engines/engine.ts'
import { orUndefined, type Session, statement } from './statement.ts'

interface EventCountRow {
  id: number
  tx: string
  status: MessageStatus
  error_code: number | null
  created_at: number
  due_at: number | null
  attempted_at: number | null
  is_verification: number
  last_status: MessageStatus | null
  last_error: number | null
  had_left: number
}

interface VerificationCountRow {
  id: number
  tx: string
  kind: VerificationEventKind
  created_at: number
  started_at: number | null
}

// Literally as in the index that serves the feed on PostgreSQL.
const isTold = (table: 'e' | 'p') => {
  const column = (name: string) => sql.raw(`${table === 'p' ? 'p.' : ''}${name}`)
  return sql`${column('applied')} = 1
    and ${column('status')} not in ('SCHEDULED', 'QUEUED', 'SENDING', 'RECEIVED')`
}

type Place = 'tx' | 'id' | 'limit'

function isNext(bind: Bind<Place>, engine: Engine): RawBuilder<unknown> {
  return engine.feed.isNext({ tx: bind('tx'), id: bind('id') })
}

// Ids are given under the lock of the message: a lower one is an earlier one.
const before = sql`p.message_id = e.message_id and p.id < e.id and ${isTold('p')}`

const nextMessages = statement<EventCountRow, Place>(
  (bind, engine) => sql`
    select e.id, ${engine.feed.tx} as tx, e.status, e.error_code, e.created_at,
      coalesce(log.send_at, log.created_at) as due_at, log.attempted_at,
      case when log.verification_id is null then 0 else 1 end as is_verification,
      last.status as last_status, last.error_code as last_error,
      case when exists (
        select 1 from sms_event as p
        where ${before} and p.status in ('ACCEPTED', 'SENT', 'DELIVERED', 'UNDELIVERED', 'READ')
      ) then 1 else 0 end as had_left
    from (
      select * from sms_event as e where ${isTold('e')} and ${isNext(bind, engine)}
      order by ${engine.feed.order} limit ${bind('limit')}
    ) as e
    left join sms_log as log on log.id = e.message_id and log.direction = 'outbound'
    left join sms_event as last
      on last.id = (select max(p.id) from sms_event as p where ${before})
    order by ${engine.feed.order}`,
)

const nextVerifications = statement<VerificationCountRow, Place>(
  (bind, engine) => sql`
    select e.id, ${engine.feed.tx} as tx, e.kind, e.created_at, (
        select max(s.created_at) from sms_verification_event as s
        where s.verification_id = e.verification_id and s.kind = 'started'
      ) as started_at
    from sms_verification_event as e where ${isNext(bind, engine)}
    order by ${engine.feed.order} limit ${bind('limit')}`,
)

const sums = statement<{ at: number; name: string; amount: number }, 'from' | 'until' | 'width'>(
  (bind) => sql`
    select hour - (hour % cast(${bind('width')} as bigint)) as at, name,
      cast(sum(amount) as bigint) as amount
    from sms_hourly where hour >= ${bind('from')} and hour < ${bind('until')}
    group by 1, 2`,
)

const forget = statement<unknown, 'before'>(
  (bind) => sql`delete from sms_hourly where hour < ${bind('before')}`,
)

/** The counters of `sms_hourly`. */
export function createHourly(session: Session): HourlyStore {
  return {
    async add(counts) {
      if (counts.length === 0) return
      await session.db
        .insertInto('sms_hourly')
        .values([...counts])
        .onConflict((conflict) =>
          conflict
            .columns(['hour', 'name'])
            .doUpdateSet({ amount: sql<number>`sms_hourly.amount + excluded.amount` }),
        )
        .execute()
    },
    sums: ({ from, until, widthMs }) => sums(session, { from, until, width: widthMs }),
    async sweep(before) {
      await forget(session, { before })
    },
    async messages({ tx, id }, limit) {
      const rows = await nextMessages(session, { tx, id, limit })
      return rows.map((row) => ({ place: placeOf(row), counted: toEvent(row) }))
    },
    async verifications({ tx, id }, limit) {
      const rows = await nextVerifications(session, { tx, id, limit })
      return rows.map((row) => ({
        place: placeOf(row),
        counted: {
          kind: row.kind,
          at: row.created_at,
          startedAt: orUndefined(row.started_at),
        },
      }))
    },
  }
}

function placeOf({ tx, id }: { tx: string; id: number }): CountedRow<unknown>['place'] {
  return { tx, id }
}

function toEvent(row: EventCountRow): Awaited<ReturnType<HourlyStore['messages']>>[0]['counted'] {
  // Its message is forgotten, or came from a phone.
  if (row.due_at === null) return undefined
  return {
    status: row.status,
    errorCode: orUndefined(row.error_code),
    at: row.created_at,
    dueAt: row.due_at,
    attemptedAt: orUndefined(row.attempted_at),
    isVerification: row.is_verification === 1,
    last:
      row.last_status === null
        ? undefined
        : { status: row.last_status, errorCode: orUndefined(row.last_error) },
    hadLeft: row.had_left === 1,
  }
}
