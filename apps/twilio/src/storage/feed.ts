import { type RawBuilder, sql } from 'kysely'
import {
  type HostEvent,
  hostEventId,
  nameOfStatus,
  readHostEventId,
  type VerificationEventKind,
} from '../domain/host-event.ts'
import type { EventRow, MessageRow, VerificationEventRow } from './schema.ts'
import type { Bind, Engine } from './engines/engine.ts'
import type { FeedRow, FeedStore } from './event-stores.ts'
import { readTextRecord } from './json.ts'
import { orUndefined, type Session, statement } from './statement.ts'

type MessageFeedRow = Pick<
  EventRow,
  'id' | 'status' | 'error_code' | 'detail' | 'created_at' | 'message_id'
> &
  Pick<MessageRow, 'from_phone' | 'provider_msg_id' | 'verification_id' | 'metadata'> & {
    tx: string
    to_phone: string | null
  }
type VerificationFeedRow = VerificationEventRow & { tx: string }

// Literally as in the index that serves this on PostgreSQL.
const isTold = sql`applied = 1 and status not in ('SCHEDULED', 'QUEUED', 'SENDING')`

type Place = 'tx' | 'id' | 'limit'

// The rows first, with their condition on one table, then what is known of their messages.
function messagesWhere(
  engine: Engine,
  condition: RawBuilder<unknown>,
  rest: RawBuilder<unknown>,
): RawBuilder<MessageFeedRow> {
  return sql<MessageFeedRow>`
    select e.id, ${engine.feed.tx} as tx, e.status, e.error_code, e.detail, e.created_at, e.message_id,
      coalesce(e.provider_msg_id, log.provider_msg_id) as provider_msg_id,
      log.to_phone, log.from_phone, log.verification_id, log.metadata
    from (select * from sms_event as e where ${condition} ${rest}) as e
    left join sms_log as log on log.id = e.message_id
    order by ${engine.feed.order}`
}

function isNext(bind: Bind<Place>, engine: Engine): RawBuilder<unknown> {
  return engine.feed.isNext({ tx: bind('tx'), id: bind('id') })
}

const nextMessages = statement<MessageFeedRow, Place>((bind, engine) =>
  messagesWhere(
    engine,
    sql`${isTold} and ${isNext(bind, engine)}`,
    sql`order by ${engine.feed.order} limit ${bind('limit')}`,
  ),
)

const someMessages = statement<MessageFeedRow, 'ids'>((bind, engine) =>
  messagesWhere(
    engine,
    sql`${isTold} and e.id in (select cast(value as bigint) from ${engine.texts(bind('ids'))} as ids)`,
    sql``,
  ),
)

const verificationColumns = sql`
  e.id, e.verification_id, e.kind, e.nth, e.to_phone, e.purpose, e.channel, e.created_at`

const nextVerifications = statement<VerificationFeedRow, Place>(
  (bind, engine) => sql`
    select ${verificationColumns}, ${engine.feed.tx} as tx
    from sms_verification_event as e where ${isNext(bind, engine)}
    order by ${engine.feed.order} limit ${bind('limit')}`,
)

const someVerifications = statement<VerificationFeedRow, 'ids'>(
  (bind, engine) => sql`
    select ${verificationColumns}, ${engine.feed.tx} as tx from sms_verification_event as e
    where e.id in (select cast(value as bigint) from ${engine.texts(bind('ids'))} as ids)`,
)

const end = statement<{ tx: string; messages: number; verifications: number }, never>(
  (_, { feed }) => sql`
    select ${feed.endTx} as tx, ${feed.endId(sql.ref('sms_event'))} as messages,
      ${feed.endId(sql.ref('sms_verification_event'))} as verifications`,
)

/** What hosts are told, out of `sms_event` and `sms_verification_event`. */
export function createFeed(session: Session): FeedStore {
  return {
    async end() {
      const [row] = await end(session, {})
      const tx = row?.tx ?? '0'
      return {
        messages: { tx, id: row?.messages ?? 0 },
        verifications: { tx, id: row?.verifications ?? 0 },
      }
    },
    async messages({ tx, id }, limit) {
      return (await nextMessages(session, { tx, id, limit })).map((row) =>
        toFeedRow(row, messageEvent(row)),
      )
    },
    async verifications({ tx, id }, limit) {
      return (await nextVerifications(session, { tx, id, limit })).map((row) =>
        toFeedRow(row, verificationEvent(row)),
      )
    },
    async find(eventIds) {
      const ids = eventIds.flatMap((id) => readHostEventId(id) ?? [])
      const of = (source: 'message' | 'verification') =>
        ids.flatMap((one) => (one.source === source ? String(one.number) : []))
      const [messages, verifications] = [of('message'), of('verification')]
      const found: (HostEvent | undefined)[] = []
      if (messages.length > 0) {
        const rows = await someMessages(session, { ids: JSON.stringify(messages) })
        found.push(...rows.map(messageEvent))
      }
      if (verifications.length > 0) {
        const rows = await someVerifications(session, { ids: JSON.stringify(verifications) })
        found.push(...rows.map(verificationEvent))
      }
      return found.filter((event) => event !== undefined)
    },
  }
}

function toFeedRow(
  row: { tx: string; id: number; created_at: number },
  event: HostEvent | undefined,
): FeedRow {
  return { place: { tx: row.tx, id: row.id }, createdAt: row.created_at, event }
}

function messageEvent(row: MessageFeedRow): HostEvent | undefined {
  const type = nameOfStatus(row.status)
  if (type === undefined || row.message_id === null || row.to_phone === null) return undefined
  return {
    id: hostEventId({ source: 'message', number: row.id }),
    type,
    createdAt: row.created_at,
    data: {
      messageId: row.message_id,
      status: row.status,
      toPhone: row.to_phone,
      fromPhone: orUndefined(row.from_phone),
      providerMsgId: orUndefined(row.provider_msg_id),
      errorCode: orUndefined(row.error_code),
      detail: orUndefined(row.detail),
      verificationId: orUndefined(row.verification_id),
      metadata: row.metadata === null ? undefined : readTextRecord(row.metadata),
    },
  }
}

function isToldKind(kind: VerificationEventKind): kind is Exclude<VerificationEventKind, 'resent'> {
  return kind !== 'resent'
}

function verificationEvent(row: VerificationEventRow): HostEvent | undefined {
  const { kind } = row
  if (!isToldKind(kind)) return undefined
  return {
    id: hostEventId({ source: 'verification', number: row.id }),
    type: `verification.${kind}`,
    createdAt: row.created_at,
    data: {
      verificationId: row.verification_id,
      toPhone: row.to_phone,
      purpose: row.purpose,
      channel: row.channel,
    },
  }
}
