import { sql } from 'kysely'
import type { BrowseStore } from './browse-store.ts'
import { toMessage } from './message-rows.ts'
import { searchMessages } from './message-search.ts'
import { toOptOut } from './opt-outs.ts'
import type { MessageRow, OptOutRow, VerificationRow } from './schema.ts'
import { orNull, type Session, statement } from './statement.ts'
import { toVerification } from './verifications.ts'

/** Of one phone nothing is counted further than this. */
const mostCounted = 1_000
/** Rows looked at in one call. */
const stretch = 2_000

const endOfInbound = statement<{ id: string | null; seen: number }, 'before' | 'limit'>(
  (bind) => sql`
    select min(id) as id, count(*) as seen from (
      select id from sms_log where direction = 'inbound' and id < ${bind('before')}
      order by id desc limit ${bind('limit')}
    ) as stretch`,
)

// The newest message of each phone only, whatever page an older one would stand on.
const newestOfPhones = statement<
  MessageRow & { inbound: number },
  'before' | 'from' | 'limit' | 'most'
>(
  (bind) => sql`
    select m.*, (
        select count(*) from (
          select 1 from sms_log as c
          where c.direction = 'inbound' and c.from_phone = m.from_phone limit ${bind('most')}
        ) as counted
      ) as inbound
    from sms_log as m
    where m.direction = 'inbound' and m.id < ${bind('before')} and m.id >= ${bind('from')}
      and not exists (
        select 1 from sms_log as n
        where n.direction = 'inbound' and n.from_phone = m.from_phone and n.id > m.id
      )
    order by m.id desc limit ${bind('limit')}`,
)

const resends = statement<{ id: string }, 'id' | 'limit'>(
  (bind) => sql`
    select id from sms_log where resend_of = ${bind('id')} order by id limit ${bind('limit')}`,
)

const ofVerification = statement<MessageRow, 'id' | 'phone' | 'limit'>(
  (bind) => sql`
    select * from (
      select * from sms_log where to_phone = ${bind('phone')} order by id desc limit ${bind('limit')}
    ) as newest
    where verification_id = ${bind('id')} order by id`,
)

const endOfVerifications = statement<{ id: string | null; seen: number }, 'before' | 'limit'>(
  (bind) => sql`
    select min(id) as id, count(*) as seen from (
      select id from sms_verification where id < ${bind('before')}
      order by id desc limit ${bind('limit')}
    ) as stretch`,
)

const someVerifications = statement<
  VerificationRow,
  'before' | 'from' | 'limit' | 'statuses' | 'phone' | 'phoneEnd'
>(
  (bind, engine) => sql`
    select * from sms_verification
    where id < ${bind('before')} and id >= ${bind('from')}
      and (cast(${bind('statuses')} as text) is null
        or status in ${engine.texts(bind('statuses'))})
      and (cast(${bind('phone')} as text) is null or to_phone = ${bind('phone')})
      and (cast(${bind('phoneEnd')} as text) is null or to_phone like ${bind('phoneEnd')})
    order by id desc limit ${bind('limit')}`,
)

const optOutsOf = statement<OptOutRow, 'phone'>(
  (bind) => sql`
    select * from sms_opt_out where phone = ${bind('phone')} order by created_at, sender`,
)

/** What people look through. */
export function createBrowse(session: Session): BrowseStore {
  return {
    messages: (query) => searchMessages(session, query),
    async thread(phone, limit) {
      return (await searchMessages(session, { phone, limit })).messages
    },
    async conversations({ before, limit }) {
      const [end] = await endOfInbound(session, { before, limit: stretch })
      if (!end || end.id === null) return { conversations: [], next: undefined }
      const page = { before, from: end.id, limit, most: mostCounted }
      const rows = await newestOfPhones(session, page)
      const last = rows.length === limit ? rows.at(-1)?.id : undefined
      return {
        conversations: rows.map(({ inbound, ...row }) => ({ newest: toMessage(row), inbound })),
        next: last ?? (end.seen === stretch ? end.id : undefined),
      }
    },
    resendsOf: async (id) => (await resends(session, { id, limit: 100 })).map((row) => row.id),
    async messagesOfVerification({ id, toPhone }) {
      return (await ofVerification(session, { id, phone: toPhone, limit: stretch })).map(toMessage)
    },
    async verifications({ statuses, phone, phoneEnd, before, limit }) {
      const [end] = await endOfVerifications(session, { before, limit: stretch })
      if (!end || end.id === null) return { verifications: [], next: undefined }
      const rows = await someVerifications(session, {
        before,
        from: end.id,
        limit,
        statuses: statuses === undefined ? null : JSON.stringify(statuses),
        phone: orNull(phone),
        phoneEnd: phoneEnd === undefined ? null : `%${phoneEnd}`,
      })
      const last = rows.length === limit ? rows.at(-1)?.id : undefined
      return {
        verifications: rows.map(toVerification),
        next: last ?? (end.seen === stretch ? end.id : undefined),
      }
    },
    optOutsOf: async (phone) => (await optOutsOf(session, { phone })).map(toOptOut),
  }
}
