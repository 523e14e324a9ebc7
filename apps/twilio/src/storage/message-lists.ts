import { sql } from 'kysely'
import { toMessage } from './message-rows.ts'
import type { MessageRow } from './schema.ts'
import { orNull, type Session, statement } from './statement.ts'
import type { MessagePage, MessageStore } from './store.ts'

// By the id, which is the time: the newest first, and never by a number of rows to be passed over.
// The cast tells PostgreSQL what an absent value would be.
type Filter = 'before' | 'from' | 'statuses' | 'limit'

const byPhone = statement<MessageRow, Filter | 'phone' | 'errorCode'>(
  (bind, engine) => sql`
    select * from sms_log
    where to_phone = ${bind('phone')} and id < ${bind('before')} and id >= ${bind('from')}
      and (cast(${bind('errorCode')} as bigint) is null or error_code = ${bind('errorCode')})
      and (cast(${bind('statuses')} as text) is null
        or status in ${engine.texts(bind('statuses'))})
    order by id desc limit ${bind('limit')}`,
)

const byErrorCode = statement<MessageRow, Filter | 'errorCode'>(
  (bind, engine) => sql`
    select * from sms_log
    where error_code = ${bind('errorCode')} and id < ${bind('before')} and id >= ${bind('from')}
      and (cast(${bind('statuses')} as text) is null
        or status in ${engine.texts(bind('statuses'))})
    order by id desc limit ${bind('limit')}`,
)

const byId = statement<MessageRow, Filter>(
  (bind, engine) => sql`
    select * from sms_log
    where id < ${bind('before')} and id >= ${bind('from')}
      and (cast(${bind('statuses')} as text) is null
        or status in ${engine.texts(bind('statuses'))})
    order by id desc limit ${bind('limit')}`,
)

// A partial index serves only a statement that repeats its condition.
const notArrived: readonly string[] = ['UNDELIVERED', 'FAILED', 'CANCELED', 'EXPIRED']

const byFailure = statement<MessageRow, Filter>(
  (bind, engine) => sql`
    select * from sms_log
    where status in (${sql.join(notArrived.map((status) => sql.lit(status)))})
      and id < ${bind('before')} and id >= ${bind('from')}
      and status in ${engine.texts(bind('statuses'))}
    order by id desc limit ${bind('limit')}`,
)

const endOfStretch = statement<{ id: string | null }, 'before' | 'from' | 'length'>(
  (bind) => sql`
    select min(id) as id from (
      select id from sms_log where id < ${bind('before')} and id >= ${bind('from')}
      order by id desc limit ${bind('length')}
    ) as stretch`,
)

// Any other status has no index, which would cost each step of each message: it is looked for in
// stretches. The newest messages stand where most do, so that the first one is mostly enough.
const stretch = 10_000

/** The part of the message store that people look at. */
export function createMessageLists(session: Session): Pick<MessageStore, 'list'> {
  return {
    async list({ toPhone, statuses, errorCode, from = '', before = '~', limit }) {
      const wanted = statuses && JSON.stringify(statuses)
      const filter = { before, from, statuses: orNull(wanted), limit }
      if (toPhone !== undefined || errorCode !== undefined) {
        const rows =
          toPhone === undefined
            ? await byErrorCode(session, { ...filter, errorCode: orNull(errorCode) })
            : await byPhone(session, { ...filter, phone: toPhone, errorCode: orNull(errorCode) })
        return pageOf(rows, limit)
      }
      if (statuses?.every((status) => notArrived.includes(status))) {
        return pageOf(await byFailure(session, filter), limit)
      }
      let start = from
      if (wanted !== undefined) {
        const [row] = await endOfStretch(session, { before, from, length: stretch })
        if (!row || row.id === null) return { messages: [], next: undefined }
        start = row.id
      }
      const page = pageOf(await byId(session, { ...filter, from: start }), limit)
      return wanted === undefined ? page : { ...page, next: page.next ?? start }
    },
  }
}

function pageOf(rows: MessageRow[], limit: number): MessagePage {
  const next = rows.length < limit ? undefined : rows.at(-1)?.id
  return { messages: rows.map(toMessage), next }
}
