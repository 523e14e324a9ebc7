import { sql } from 'kysely'
import type { NewVerificationEvent, VerificationEventStore } from './event-stores.ts'
import type { VerificationEventRow } from './schema.ts'
import { groupStatement, namesOf, type Session, statement } from './statement.ts'

const fields = {
  ...({ verification_id: 'text', kind: 'text', nth: 'number', to_phone: 'text' } as const),
  ...({ purpose: 'text', channel: 'text', created_at: 'number' } as const),
} satisfies Partial<Record<keyof VerificationEventRow, 'text' | 'number'>>
const columns = namesOf(fields)

const insert = groupStatement({
  key: 'verification_id',
  fields,
  build: (bind, { values }) => sql`
    insert into sms_verification_event (${sql.join(columns.map((name) => sql.ref(name)))})
    ${values(columns.map((name) => bind(name)))}
    on conflict do nothing`,
})

const select = statement<VerificationEventRow, 'id'>(
  (bind) => sql`
    select * from sms_verification_event where verification_id = ${bind('id')} order by id`,
)

const selectNewest = statement<{ id: number }, never>(
  () => sql`select id from sms_verification_event order by id desc limit 1`,
)

// The oldest by id first, then whether they are old: `created_at` has no index.
const deleteOld = statement<{ id: number }, 'before' | 'limit'>(
  (bind) => sql`
    delete from sms_verification_event where id in (
      select id from (
        select id, created_at from sms_verification_event order by id limit ${bind('limit')}
      ) as oldest where created_at < ${bind('before')}
    )
    returning id`,
)

/** The events of `sms_verification_event`. */
export function createVerificationEvents(session: Session): VerificationEventStore {
  return {
    async append(events) {
      await insert(session, events.map(toRow))
    },
    list: async (verificationId) => (await select(session, { id: verificationId })).map(toEvent),
    newestId: async () => (await selectNewest(session, {}))[0]?.id ?? 0,
    sweep: async (before, limit) => (await deleteOld(session, { before, limit })).length,
  }
}

function toRow(event: NewVerificationEvent): Omit<VerificationEventRow, 'id'> {
  return {
    verification_id: event.verificationId,
    kind: event.kind,
    nth: event.nth,
    to_phone: event.toPhone,
    purpose: event.purpose,
    channel: event.channel,
    created_at: event.createdAt,
  }
}

function toEvent(row: VerificationEventRow): NewVerificationEvent {
  return {
    verificationId: row.verification_id,
    kind: row.kind,
    nth: row.nth,
    toPhone: row.to_phone,
    purpose: row.purpose,
    channel: row.channel,
    createdAt: row.created_at,
  }
}
