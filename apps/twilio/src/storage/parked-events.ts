import { sql } from 'kysely'
import type { ParkedEvent, ParkedEventStore } from './event-stores.ts'
import type { ParkedEventRow } from './schema.ts'
import { orUndefined, type Session, statement } from './statement.ts'

const put = statement<never, 'consumer' | 'eventId' | 'eventType' | 'attempts' | 'error' | 'at'>(
  (bind) => sql`
    insert into sms_parked_event (consumer, event_id, event_type, attempts, error, parked_at)
    values (${bind('consumer')}, ${bind('eventId')}, ${bind('eventType')}, ${bind('attempts')},
      ${bind('error')}, ${bind('at')})
    on conflict (consumer, event_id) do update
    set attempts = excluded.attempts, error = excluded.error, parked_at = excluded.parked_at,
      retry_at = null`,
)

const select = statement<ParkedEventRow, 'limit'>(
  (bind) => sql`
    select * from sms_parked_event order by parked_at, event_id limit ${bind('limit')}`,
)

const selectOf = statement<ParkedEventRow, 'consumer' | 'limit'>(
  (bind) => sql`
    select * from sms_parked_event where consumer = ${bind('consumer')}
    order by parked_at, event_id limit ${bind('limit')}`,
)

const selectRetries = statement<ParkedEventRow, 'consumer' | 'limit'>(
  (bind) => sql`
    select * from sms_parked_event where consumer = ${bind('consumer')} and retry_at is not null
    order by parked_at, event_id limit ${bind('limit')}`,
)

const retryOne = statement<{ event_id: string }, 'consumer' | 'eventId' | 'at'>(
  (bind) => sql`
    update sms_parked_event set retry_at = ${bind('at')}
    where consumer = ${bind('consumer')} and event_id = ${bind('eventId')}
    returning event_id`,
)

const retryAll = statement<{ event_id: string }, 'consumer' | 'at'>(
  (bind) => sql`
    update sms_parked_event set retry_at = ${bind('at')} where consumer = ${bind('consumer')}
    returning event_id`,
)

const remove = statement<never, 'consumer' | 'eventId'>(
  (bind) => sql`
    delete from sms_parked_event
    where consumer = ${bind('consumer')} and event_id = ${bind('eventId')}`,
)

const deleteOld = statement<{ event_id: string }, 'before' | 'limit'>(
  (bind) => sql`
    delete from sms_parked_event where (consumer, event_id) in (
      select consumer, event_id from sms_parked_event where parked_at < ${bind('before')}
      limit ${bind('limit')}
    )
    returning event_id`,
)

/** The events of `sms_parked_event`. */
export function createParkedEvents(session: Session): ParkedEventStore {
  return {
    async put({ parkedAt: at, ...rest }) {
      await put(session, { ...rest, at })
    },
    async list(consumer, limit) {
      const rows =
        consumer === undefined
          ? await select(session, { limit })
          : await selectOf(session, { consumer, limit })
      return rows.map(toParked)
    },
    listRetries: async (consumer, limit) =>
      (await selectRetries(session, { consumer, limit })).map(toParked),
    async retry({ consumer, eventId, at }) {
      const rows =
        eventId === undefined
          ? await retryAll(session, { consumer, at })
          : await retryOne(session, { consumer, eventId, at })
      return rows.length
    },
    async remove(consumer, eventId) {
      await remove(session, { consumer, eventId })
    },
    sweep: async (before, limit) => (await deleteOld(session, { before, limit })).length,
  }
}

function toParked(row: ParkedEventRow): ParkedEvent {
  return {
    consumer: row.consumer,
    eventId: row.event_id,
    eventType: row.event_type,
    attempts: row.attempts,
    error: row.error,
    parkedAt: row.parked_at,
    retryAt: orUndefined(row.retry_at),
  }
}
