import { sql } from 'kysely'
import type { EventPlace, FeedPlace } from './event-stores.ts'
import type { EventRow } from './schema.ts'
import { type Session, statement } from './statement.ts'

// Every event, by the rule of the feed. What hosts are told has an index in that order; all the rest
// has none, and would cost every write one more. So the ids are narrowed down: `floor`.

type ReadRow = EventRow & { place_tx: string }

const selectAfter = statement<ReadRow, 'tx' | 'id' | 'floor' | 'limit'>(
  (bind, { feed }) => sql`
    select e.*, ${feed.tx} as place_tx from sms_event as e
    where e.id > ${bind('floor')} and ${feed.isNext({ tx: bind('tx'), id: bind('id') })}
    order by ${feed.order} limit ${bind('limit')}`,
)

const selectEnd = statement<FeedPlace, never>(
  (_, { feed }) => sql`select ${feed.endTx} as tx, ${feed.endId(sql.ref('sms_event'))} as id`,
)

const selectMark = statement<FeedPlace, never>(
  (_, { feed }) => sql`
    select ${feed.ownTx} as tx, coalesce((select max(id) from sms_event), 0) as id`,
)

/** How many events are looked through for those of transactions that were open at the beginning. */
const lookBack = 100_000
/** A transaction takes its first id a moment before its number: so many others came in between at most. */
const slack = 1_000

/** Behind everything that is committed. */
export async function endOfEvents(session: Session): Promise<EventPlace> {
  const [end, mark] = [await readEnd(session), await readMark(session)]
  return { ...end, floor: Math.max(0, mark.id - lookBack), mark }
}

/** Up to `limit` rows behind a place, and the place behind them. */
export async function readAfter(
  session: Session,
  place: EventPlace,
  limit: number,
): Promise<{ rows: ReadRow[]; next: EventPlace }> {
  const end = await readEnd(session)
  if (!isBefore(place, end)) return { rows: [], next: place }
  const { tx, id, floor, mark } = place
  const rows = await selectAfter(session, { tx, id, floor, limit })
  const last = rows.at(-1)
  const behind = last ? { tx: last.place_tx, id: last.id } : end
  if (rows.length === limit) return { rows, next: { ...behind, floor, mark } }
  // Everything is read. What is to come has higher transactions, and with them higher ids.
  const at = isBefore(behind, end) ? end : behind
  if (BigInt(at.tx) < BigInt(mark.tx)) return { rows, next: { ...at, floor, mark } }
  const next = { ...at, floor: Math.max(floor, mark.id - slack), mark: await readMark(session) }
  return { rows, next }
}

async function readEnd(session: Session): Promise<FeedPlace> {
  const [row] = await selectEnd(session, {})
  return row ?? { tx: '0', id: 0 }
}

async function readMark(session: Session): Promise<FeedPlace> {
  const [row] = await selectMark(session, {})
  return row ?? { tx: '0', id: 0 }
}

function isBefore(a: FeedPlace, b: FeedPlace): boolean {
  const [left, right] = [BigInt(a.tx), BigInt(b.tx)]
  return left === right ? a.id < b.id : left < right
}
