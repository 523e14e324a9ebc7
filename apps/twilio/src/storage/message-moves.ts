import { type RawBuilder, sql } from 'kysely'
import { finalRank, rankOf } from '../domain/message.ts'
import { toMessage } from './message-rows.ts'
import type { MessageRow } from './schema.ts'
import { groupStatement, orNull, type Session, statement } from './statement.ts'
import type { MessageStore, Move } from './store.ts'

const facts = {
  ...({ providerMsgId: 'text', fromPhone: 'text', price: 'text', priceUnit: 'text' } as const),
  ...({ numSegments: 'number', errorCode: 'number' } as const),
}
const place = {
  ...({ ...facts, id: 'text', status: 'text', rank: 'number' } as const),
  ...({ nextAt: 'number', at: 'number' } as const),
}
type Fact = Exclude<keyof typeof facts, 'errorCode'>
type MoveField = keyof typeof place

// The SID names the carrier's message that belongs to this row; it never changes once it is known.
function setFacts(bind: (name: Fact) => RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    provider_msg_id = coalesce(sms_log.provider_msg_id, ${bind('providerMsgId')}),
    from_phone = coalesce(${bind('fromPhone')}, sms_log.from_phone),
    num_segments = coalesce(${bind('numSegments')}, sms_log.num_segments),
    price = coalesce(${bind('price')}, sms_log.price),
    price_unit = coalesce(${bind('priceUnit')}, sms_log.price_unit)`
}

// The error code says why a message stands where it stands, so it goes with the status: a message that
// is delivered after a retry must not keep the code of the first try.
function setPlace(bind: (name: MoveField) => RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    status = ${bind('status')}, status_rank = ${bind('rank')}, error_code = ${bind('errorCode')},
    next_at = ${bind('nextAt')}, polls = 0,
    last_event_time = ${bind('at')}, updated_at = ${bind('at')}, ${setFacts(bind)}`
}

const raise = groupStatement({
  key: 'id',
  fields: place,
  build: (bind, { from }) => sql`
    update sms_log set ${setPlace(bind)} ${from}
    where id = ${bind('id')} and status_rank < ${bind('rank')}`,
})

// As the claim has left it, so that nothing else need be known of it: nobody has reported, given back
// or claimed it since.
const completeAttempt = groupStatement({
  key: 'id',
  fields: { ...place, attempts: 'number' },
  build: (bind, { from }) => sql`
    update sms_log set ${setPlace(bind)} ${from}
    where id = ${bind('id')} and status = 'SENDING' and attempts = ${bind('attempts')}
      and provider_msg_id is null`,
})

const replaceFinal = groupStatement({
  key: 'id',
  fields: place,
  build: (bind, { from }) => sql`
    update sms_log set ${setPlace(bind)} ${from}
    where id = ${bind('id')} and status_rank = ${bind('rank')} and status <> ${bind('status')}`,
})

// Guarded by the attempt: a worker that was thought dead and comes back must not move a message that
// somebody else is sending by now.
const backToQueue = groupStatement({
  key: 'id',
  fields: {
    ...({ id: 'text', attempts: 'number', nextAt: 'number', at: 'number' } as const),
    ...({ errorCode: 'number', lapses: 'number' } as const),
  },
  build: (bind, { from }) => sql`
    update sms_log
    set status = 'QUEUED', status_rank = 0, next_at = ${bind('nextAt')}, polls = 0,
      lapses = ${bind('lapses')}, error_code = ${bind('errorCode')}, last_event_time = ${bind('at')}, updated_at = ${bind('at')}
    ${from}
    where id = ${bind('id')} and status_rank = 1 and attempts = ${bind('attempts')}`,
})

const intoDoubt = groupStatement({
  key: 'id',
  fields: { id: 'text', attempts: 'number', nextAt: 'number', at: 'number' },
  build: (bind, { from }) => sql`
    update sms_log
    set status = 'IN_DOUBT', next_at = ${bind('nextAt')}, polls = 0,
      last_event_time = ${bind('at')}, updated_at = ${bind('at')}
    ${from}
    where id = ${bind('id')} and status = 'SENDING' and attempts = ${bind('attempts')}`,
})

const cancel = statement<MessageRow, 'id' | 'at'>(
  (bind) => sql`
    update sms_log
    set status = 'CANCELED', status_rank = 4, next_at = null, error_code = null,
      last_event_time = ${bind('at')}, updated_at = ${bind('at')}
    where id = ${bind('id')} and status_rank = 0
    returning *`,
)

// Not where `next_at` is a due time or a lease: the row may have been requeued since it was looked at.
const planPoll = groupStatement({
  key: 'id',
  fields: { id: 'text', nextAt: 'number', polls: 'number' },
  build: (bind, { from }) => sql`
    update sms_log set next_at = ${bind('nextAt')}, polls = ${bind('polls')} ${from}
    where id = ${bind('id')} and status_rank >= 1 and status <> 'SENDING'`,
})

const fill = groupStatement({
  key: 'id',
  fields: { ...facts, id: 'text', at: 'number' },
  build: (bind, { from }) => sql`
    update sms_log
    set error_code = coalesce(${bind('errorCode')}, sms_log.error_code),
      updated_at = ${bind('at')}, ${setFacts(bind)}
    ${from}
    where id = ${bind('id')}`,
})

/** The part of the message store that moves messages from place to place. */
export function createMessageMoves(
  session: Session,
): Pick<
  MessageStore,
  'advance' | 'complete' | 'requeue' | 'doubt' | 'cancel' | 'correct' | 'planPolls' | 'fillIn'
> {
  return {
    advance: async (moves) => touchedIds(moves, await raise(session, moves.map(toPlace))),
    async complete(moves) {
      const rows = moves.map((move) => ({ ...toPlace(move), attempts: move.attempts }))
      return touchedIds(moves, await completeAttempt(session, rows))
    },
    async requeue(moves) {
      const rows = moves.map((move) => ({ ...move, errorCode: orNull(move.errorCode) }))
      return touchedIds(moves, await backToQueue(session, rows))
    },
    doubt: async (moves) => touchedIds(moves, await intoDoubt(session, moves)),
    async cancel(id, at) {
      const [row] = await cancel(session, { id, at })
      return row && toMessage(row)
    },
    async correct(move) {
      if (rankOf[move.status] !== finalRank) return false
      const [touched] = await replaceFinal(session, [toPlace(move)])
      return touched === 1
    },
    async planPolls(plans) {
      await planPoll(
        session,
        plans.map(({ id, nextAt, polls }) => ({ id, nextAt: orNull(nextAt), polls })),
      )
    },
    async fillIn(late) {
      await fill(
        session,
        late.map((fact) => ({ ...toFacts(fact), id: fact.id, at: fact.at })),
      )
    },
  }
}

function toPlace(move: Move): Record<MoveField, string | number | null> {
  const { id, status, at } = move
  return { ...toFacts(move), id, status, rank: rankOf[status], at, nextAt: orNull(move.nextAt) }
}

function toFacts(
  told: Omit<Move, 'status' | 'nextAt'>,
): Record<Fact | 'errorCode', string | number | null> {
  return {
    providerMsgId: orNull(told.providerMsgId),
    fromPhone: orNull(told.fromPhone),
    errorCode: orNull(told.errorCode),
    numSegments: orNull(told.numSegments),
    price: orNull(told.price),
    priceUnit: orNull(told.priceUnit),
  }
}

function touchedIds(moves: readonly { id: string }[], touched: number[]): Set<string> {
  return new Set(moves.filter((_, i) => touched[i] !== 0).map((move) => move.id))
}
