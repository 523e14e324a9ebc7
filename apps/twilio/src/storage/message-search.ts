import { type RawBuilder, sql } from 'kysely'
import type { MessageSearch } from './browse-store.ts'
import type { Bind, Engine } from './engines/engine.ts'
import { toMessage } from './message-rows.ts'
import type { MessagePage } from './message-store.ts'
import type { MessageRow } from './schema.ts'
import { orNull, type Session, statement } from './statement.ts'

// One way through the messages is taken, by the index that leaves the fewest, newest first; on it every
// other condition is looked at row by row, a stretch at a time. So a search costs the same however rare
// what it looks for is, and says where to go on.

type Name =
  | 'before'
  | 'from'
  | 'limit'
  | 'phone'
  | 'phoneEnd'
  | 'statuses'
  | 'errorCode'
  | 'direction'
  | 'channel'
  | 'sender'
  | 'text'
type Way = (bind: Bind<Name>) => RawBuilder<unknown>

// A partial index serves only a statement that repeats its condition.
const notArrived: readonly string[] = ['UNDELIVERED', 'FAILED', 'CANCELED', 'EXPIRED']

const ways = {
  toPhone: (bind) => sql`to_phone = ${bind('phone')}`,
  fromPhone: (bind) => sql`direction = 'inbound' and from_phone = ${bind('phone')}`,
  error: (bind) => sql`error_code = cast(${bind('errorCode')} as bigint)`,
  failed: () => sql`status in (${sql.join(notArrived.map((status) => sql.lit(status)))})`,
  inbound: () => sql`direction = 'inbound'`,
  everything: () => sql`1 = 1`,
} as const satisfies Record<string, Way>

/** A condition that holds where nothing is asked for. The cast tells PostgreSQL what that would be. */
function asked(
  value: RawBuilder<unknown>,
  type: 'text' | 'bigint',
  condition: RawBuilder<unknown>,
) {
  return sql`(cast(${value} as ${sql.raw(type)}) is null or ${condition})`
}

function conditions(bind: Bind<Name>, engine: Engine): RawBuilder<unknown> {
  const isText = sql`replace(lower(message), lower(${bind('text')}), '') <> lower(message)`
  return sql.join(
    [
      asked(bind('statuses'), 'text', sql`status in ${engine.texts(bind('statuses'))}`),
      asked(bind('errorCode'), 'bigint', sql`error_code = ${bind('errorCode')}`),
      asked(bind('direction'), 'text', sql`direction = ${bind('direction')}`),
      asked(bind('channel'), 'text', sql`channel = ${bind('channel')}`),
      asked(
        bind('sender'),
        'text',
        sql`(from_phone = ${bind('sender')} or messaging_service_sid = ${bind('sender')})`,
      ),
      asked(
        bind('phoneEnd'),
        'text',
        sql`(to_phone like ${bind('phoneEnd')} or from_phone like ${bind('phoneEnd')})`,
      ),
      asked(bind('text'), 'text', isText),
    ],
    sql` and `,
  )
}

function createWay(way: Way) {
  const within = (bind: Bind<Name>) =>
    sql`${way(bind)} and id < ${bind('before')} and id >= ${bind('from')}`
  return {
    end: statement<{ id: string | null; seen: number }, Name>(
      (bind) => sql`
        select min(id) as id, count(*) as seen from (
          select id from sms_log where ${within(bind)} order by id desc limit ${bind('limit')}
        ) as stretch`,
    ),
    rows: statement<MessageRow, Name>(
      (bind, engine) => sql`
        select * from sms_log where ${within(bind)} and ${conditions(bind, engine)}
        order by id desc limit ${bind('limit')}`,
    ),
  }
}

const statements = {
  toPhone: createWay(ways.toPhone),
  fromPhone: createWay(ways.fromPhone),
  error: createWay(ways.error),
  failed: createWay(ways.failed),
  inbound: createWay(ways.inbound),
  everything: createWay(ways.everything),
}

/** Rows looked at in one call: some milliseconds. */
const stretch = 5_000

/** Looks for messages, as a person does. */
export async function searchMessages(
  session: Session,
  query: MessageSearch & { limit: number },
): Promise<MessagePage> {
  if (query.phone === undefined) return searchWay(session, wayOf(query), query)
  // A phone stands on the other side of what it writes.
  const sent = await searchWay(session, 'toPhone', query)
  if (query.direction === 'outbound') return sent
  const written = await searchWay(session, 'fromPhone', { ...query, direction: 'inbound' })
  return merge(sent, written, query)
}

function wayOf({ statuses, errorCode, direction }: MessageSearch): keyof typeof statements {
  if (errorCode !== undefined) return 'error'
  if (statuses?.every((status) => notArrived.includes(status))) return 'failed'
  return direction === 'inbound' ? 'inbound' : 'everything'
}

async function searchWay(
  session: Session,
  way: keyof typeof statements,
  query: MessageSearch & { limit: number },
): Promise<MessagePage> {
  const { statuses, errorCode, direction, channel, sender, text, limit } = query
  const { before = '~', from = '', phoneEnd } = query
  const values = {
    before,
    from,
    limit: stretch,
    phone: orNull(query.phone),
    phoneEnd: phoneEnd === undefined ? null : `%${phoneEnd}`,
    statuses: statuses === undefined ? null : JSON.stringify(statuses),
    errorCode: orNull(errorCode),
    direction: orNull(direction),
    channel: orNull(channel),
    sender: orNull(sender),
    text: orNull(text),
  }
  const [end] = await statements[way].end(session, values)
  if (!end || end.id === null) return { messages: [], next: undefined }
  const rows = await statements[way].rows(session, { ...values, from: end.id, limit })
  const last = rows.length === limit ? rows.at(-1)?.id : undefined
  const next = last ?? (end.seen === stretch ? end.id : undefined)
  return { messages: rows.map(toMessage), next }
}

/** Two lists as one. Nothing behind the earlier of their ends is known of both. */
function merge(one: MessagePage, other: MessagePage, { limit }: { limit: number }): MessagePage {
  const ends = [one.next, other.next].filter((end) => end !== undefined)
  const known = ends.length === 0 ? '' : ends.reduce((a, b) => (a > b ? a : b))
  const all = [...one.messages, ...other.messages]
    .filter(({ id }) => id >= known)
    .toSorted((a, b) => (a.id < b.id ? 1 : -1))
  const messages = all.slice(0, limit)
  if (all.length > limit) return { messages, next: messages.at(-1)?.id }
  return { messages, next: ends.length === 0 ? undefined : known }
}
