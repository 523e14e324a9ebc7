import { sql } from 'kysely'
import { createMessageClaims } from './message-claims.ts'
import { createMessageLists } from './message-lists.ts'
import { createMessageMoves } from './message-moves.ts'
import { messageFields, type StandingRow, toMessage, toRow, toStanding } from './message-rows.ts'
import type { MessageRow } from './schema.ts'
import {
  command,
  groupInsert,
  groupStatement,
  lockNames,
  type Session,
  statement,
} from './statement.ts'
import type { MessageStore } from './store.ts'

// What a message has when it is accepted, unless it asks for more.
const insertMessages = groupInsert('sms_log', messageFields, {
  own: ['id', 'to_phone', 'from_phone', 'message', 'expires_at'],
  alike: [
    ...(['channel', 'direction', 'status', 'status_rank', 'priority', 'attempts'] as const),
    ...(['next_at', 'polls', 'lapses', 'last_event_time', 'created_at', 'updated_at'] as const),
  ],
})

const selectById = statement<MessageRow, 'ids'>(
  (bind, engine) => sql`select * from sms_log where id in ${engine.texts(bind('ids'))}`,
)

// Who reads rows inside a transaction is about to move them by what they say. In the order of the ids,
// so that two transactions take their locks in one order.
const lockById = statement<MessageRow, 'ids'>(
  (bind, engine) => sql`
    select * from sms_log where id in ${engine.texts(bind('ids'))}
    order by id ${engine.forUpdate}`,
)

const standingFields = sql`id, status, provider_msg_id, to_phone, num_segments, price`

const selectStanding = statement<StandingRow, 'ids'>(
  (bind, engine) => sql`
    select ${standingFields} from sms_log where id in ${engine.texts(bind('ids'))}`,
)

const lockStanding = statement<StandingRow, 'ids'>(
  (bind, engine) => sql`
    select ${standingFields} from sms_log where id in ${engine.texts(bind('ids'))}
    order by id ${engine.forUpdate}`,
)

const selectByProviderId = statement<MessageRow, 'sids'>(
  (bind, engine) =>
    sql`select * from sms_log where provider_msg_id in ${engine.texts(bind('sids'))}`,
)

const lockByProviderId = statement<MessageRow, 'sids'>(
  (bind, engine) => sql`
    select * from sms_log where provider_msg_id in ${engine.texts(bind('sids'))}
    order by id ${engine.forUpdate}`,
)

const selectByKey = statement<MessageRow, 'keys'>(
  (bind, engine) =>
    sql`select * from sms_log where idempotency_key in ${engine.texts(bind('keys'))}`,
)

const freeKey = groupStatement({
  key: 'id',
  fields: { id: 'text' },
  build: (bind, { from }) => sql`
    update sms_log set idempotency_key = null, request_hash = null ${from}
    where id = ${bind('id')}`,
})

const selectDoubtful = statement<MessageRow, 'now' | 'limit'>(
  (bind) => sql`
    select * from sms_log
    where status_rank = 1 and status = 'IN_DOUBT' and next_at <= ${bind('now')}
    order by next_at limit ${bind('limit')}`,
)

const selectUnsettled = statement<MessageRow, 'now' | 'limit'>(
  (bind) => sql`
    select * from sms_log where status_rank >= 2 and next_at <= ${bind('now')}
    order by next_at limit ${bind('limit')}`,
)

// The rank stands for SENDING and IN_DOUBT, in the words of the index that serves this.
const selectRivals = statement<MessageRow, 'id' | 'phone' | 'text'>(
  (bind) => sql`
    select * from sms_log
    where status_rank = 1 and to_phone = ${bind('phone')} and message = ${bind('text')}
      and direction = 'outbound' and id <> ${bind('id')}
    order by id`,
)

const selectInbound = statement<MessageRow, 'before' | 'limit'>(
  (bind) => sql`
    select * from sms_log where direction = 'inbound' and id < ${bind('before')}
    order by id desc limit ${bind('limit')}`,
)

const tellOthers = command((_, { wake }) => wake ?? sql`select 1`)

/** The messages of `sms_log`. */
export function createMessages(session: Session): MessageStore {
  return {
    ...createMessageClaims(session),
    ...createMessageMoves(session),
    ...createMessageLists(session),
    async insert(messages) {
      await insertMessages(session, messages.map(toRow))
      if (messages.length > 0 && session.engine.wake) await tellOthers(session, {})
    },
    async findKeyUses(keys, usedAfter) {
      if (keys.length === 0) return []
      const names = JSON.stringify(keys)
      // Whoever brings the same key at the same time waits for this one's message. The unique index
      // would make its whole group go again, one by one, and in partitioned tables it does not reach
      // over the border of a month.
      if (session.inTransaction) await lockNames(session, { names })
      const rows = await selectByKey(session, { keys: names })
      const stale = rows.filter((row) => row.created_at < usedAfter)
      await freeKey(session, stale)
      return rows.flatMap((row) => {
        const { idempotency_key: idempotencyKey, request_hash: requestHash } = row
        if (row.created_at < usedAfter || idempotencyKey === null) return []
        return [{ idempotencyKey, requestHash: requestHash ?? '', message: toMessage(row) }]
      })
    },
    async find(id) {
      const [row] = await selectById(session, { ids: JSON.stringify([id]) })
      return row && toMessage(row)
    },
    async findMany(ids) {
      const select = session.inTransaction ? lockById : selectById
      const rows = await select(session, { ids: JSON.stringify(ids) })
      return inOrder(ids, rows.map(toMessage), (message) => message.id)
    },
    async standing(ids) {
      const select = session.inTransaction ? lockStanding : selectStanding
      const rows = await select(session, { ids: JSON.stringify(ids) })
      return inOrder(ids, rows.map(toStanding), ({ id }) => id)
    },
    async findByProviderIds(providerMsgIds) {
      const sids = JSON.stringify(providerMsgIds)
      // Together with `adopt`: else a callback and the answer that brings its SID could each miss what
      // the other one is about to commit, and the callback's event would belong to nobody for ever.
      if (session.inTransaction) await lockNames(session, { names: sids })
      const select = session.inTransaction ? lockByProviderId : selectByProviderId
      const rows = await select(session, { sids })
      return inOrder(providerMsgIds, rows.map(toMessage), (message) => message.providerMsgId)
    },
    async listDoubtful(now, limit) {
      return (await selectDoubtful(session, { now, limit })).map(toMessage)
    },
    async listUnsettled(now, limit) {
      return (await selectUnsettled(session, { now, limit })).map(toMessage)
    },
    async listInbound({ before, limit }) {
      return (await selectInbound(session, { before, limit })).map(toMessage)
    },
    async listRivals({ id, toPhone, message }) {
      return (await selectRivals(session, { id, phone: toPhone, text: message })).map(toMessage)
    },
  }
}

function inOrder<One>(
  names: string[],
  messages: One[],
  nameOf: (message: One) => string | undefined,
): One[] {
  if (messages.length < 2) return messages
  const byName = new Map(messages.map((message) => [nameOf(message), message]))
  return [...new Set(names)].flatMap((name) => byName.get(name) ?? [])
}
