import { sql } from 'kysely'
import type { MessageEvent, NewEvent } from '../domain/event.ts'
import { endOfEvents, readAfter } from './every-event.ts'
import type { EventRow } from './schema.ts'
import {
  groupInsert,
  groupStatement,
  lockNames,
  namesOf,
  orNull,
  orUndefined,
  type Session,
  statement,
} from './statement.ts'
import type { EventStore } from './store.ts'

const fields = {
  ...({ message_id: 'text', provider_msg_id: 'text', status: 'text', source: 'text' } as const),
  ...({ applied: 'number', error_code: 'number', detail: 'text', attempt: 'number' } as const),
  ...({ dedupe_key: 'text', created_at: 'number' } as const),
} satisfies Partial<Record<keyof EventRow, 'text' | 'number'>>
const columns = namesOf(fields)

const insertEvents = groupInsert('sms_event', fields, {
  own: ['message_id'],
  alike: ['status', 'source', 'applied', 'attempt', 'created_at'],
})

// Looking for the key first costs each row a third more.
const insertNewEvents = groupStatement({
  key: 'dedupe_key',
  fields,
  build: (bind, { values }) => sql`
    insert into sms_event (${sql.join(columns.map((name) => sql.ref(name)))})
    ${values(columns.map((name) => bind(name)))}
    on conflict do nothing`,
})

const selectEvents = statement<EventRow, 'messageId'>(
  (bind) => sql`select * from sms_event where message_id = ${bind('messageId')} order by id`,
)

const selectOrphans = statement<EventRow, 'sids'>(
  (bind, engine) => sql`
    select * from sms_event
    where message_id is null and provider_msg_id in ${engine.texts(bind('sids'))}
    order by id`,
)

// In partitioned tables a key is unique in the partition of its message only, so the same callback may
// have come to this message under our id before: its event is there already, and this one stays behind.
const giveToMessage = groupStatement({
  key: 'id',
  fields: { id: 'number', message_id: 'text' },
  build: (bind, { from }) => sql`
    update sms_event set message_id = ${bind('message_id')} ${from}
    where id = ${bind('id')} and message_id is null
      and not exists (
        select 1 from sms_event as known
        where known.message_id = ${bind('message_id')}
          and known.dedupe_key = sms_event.dedupe_key
      )`,
})

const takeNoted = statement<EventRow, 'messageId' | 'status'>(
  (bind) => sql`
    delete from sms_event where message_id = ${bind('messageId')} and id = (
      select max(id) from sms_event
      where message_id = ${bind('messageId')} and status = ${bind('status')} and applied = 0
    )
    returning *`,
)

/** The events of `sms_event`. */
export function createEvents(session: Session): EventStore {
  return {
    async append(events) {
      const rows = events.map(toRow)
      if (rows.every((row) => row.dedupe_key === null)) {
        await insertEvents(session, rows)
        return rows.map(() => true)
      }
      return (await insertNewEvents(session, rows)).map((count) => count === 1)
    },
    async list(messageId) {
      return (await selectEvents(session, { messageId })).map(toEvent)
    },
    end: () => endOfEvents(session),
    async listAfter(place, limit) {
      const { rows, next } = await readAfter(session, place, limit)
      return { events: rows.map(toEvent), next }
    },
    async adopt(owners) {
      if (owners.length === 0) return []
      const ownerOf = new Map(owners.map((owner) => [owner.providerMsgId, owner.messageId]))
      const sids = JSON.stringify([...ownerOf.keys()])
      // Together, and in this order: what is committed while the lock is waited for is seen.
      const [, orphans] = await Promise.all([
        lockNames(session, { names: sids }),
        selectOrphans(session, { sids }),
      ])
      const adopted = orphans.map((row) => ({
        ...row,
        message_id: orNull(ownerOf.get(row.provider_msg_id ?? '')),
      }))
      const touched = await giveToMessage(session, adopted)
      return adopted.filter((_, i) => touched[i] === 1).map(toEvent)
    },
    async confirm(messageId, status) {
      const noted = await takeNoted(session, { messageId, status })
      await insertNewEvents(
        session,
        noted.map((row) => ({ ...row, applied: 1 })),
      )
    },
  }
}

function toRow(event: NewEvent): Omit<EventRow, 'id'> {
  return {
    message_id: orNull(event.messageId),
    provider_msg_id: orNull(event.providerMsgId),
    status: event.status,
    source: event.source,
    applied: event.applied ? 1 : 0,
    error_code: orNull(event.errorCode),
    detail: orNull(event.detail),
    attempt: orNull(event.attempt),
    dedupe_key: orNull(event.dedupeKey),
    created_at: event.createdAt,
  }
}

function toEvent(row: EventRow): MessageEvent {
  return {
    id: row.id,
    messageId: orUndefined(row.message_id),
    providerMsgId: orUndefined(row.provider_msg_id),
    status: row.status,
    source: row.source,
    applied: row.applied === 1,
    errorCode: orUndefined(row.error_code),
    detail: orUndefined(row.detail),
    attempt: orUndefined(row.attempt),
    createdAt: row.created_at,
  }
}
