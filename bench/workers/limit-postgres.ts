// The physical limit of delivering on PostgreSQL: batches of 100 claimed by UPDATE … SKIP LOCKED, the
// stub called for each, one grouped UPDATE for all, one batch after another over one connection; two
// round trips and two transactions a batch. With the second argument `events` both statements write
// the app's events too. There are no priorities, no leases that anybody looks at, no look at what may
// have overtaken the call, no retries, nothing that would happen if something went wrong.
import { createStubCarrier } from '../carrier.ts'
import { answerCommands } from '../commands.ts'
import { givenPlace, makeTables, openPool } from '../place.ts'
import { inPortions, textOf } from '../text.ts'
import { nextId } from '../servers/limit-answer.ts'
import { countWaiting, waitingColumns } from './waiting.ts'

const batch = 100
const withEvents = process.argv[3] === 'events'
const place = givenPlace()
await makeTables(place)
const pool = await openPool(place)
const carrier = createStubCarrier()

const insert = `
  insert into sms_log (${waitingColumns})
  select id, 'sms', 'outbound', to_phone, '+15005550006', message, 'QUEUED',
    0, 1, $4::bigint + 14400000, 0, $4, 0, $4, $4, $4
  from unnest($1::text[], $2::text[], $3::text[]) as given (id, to_phone, message)`

const takeDue = `
  with due as materialized (
    select id from sms_log where status_rank = 0 and priority = 1 and next_at <= $1
    order by next_at limit $3 for update skip locked
  )
  update sms_log
  set status = 'SENDING', status_rank = 1, attempts = attempts + 1, attempted_at = $1, next_at = $2,
    updated_at = $1
  where id in (select id from due)
  returning id, to_phone, from_phone, message, attempts`
const claim = withEvents
  ? `with claimed as (${takeDue}), noted as (
      insert into sms_event (message_id, status, source, applied, attempt, created_at)
      select id, 'SENDING', 'worker', 1, attempts, $1 from claimed
    ) select * from claimed`
  : takeDue

const raise = `
  update sms_log
  set status = 'ACCEPTED', status_rank = 2, provider_msg_id = sid, num_segments = 1,
    next_at = $4::bigint, last_event_time = $3::bigint, updated_at = $3
  from unnest($1::text[], $2::text[]) as given (given_id, sid)
  where id = given_id and status_rank < 2`
const mark = withEvents
  ? `with raised as (${raise} returning id, sid, attempts)
    insert into sms_event
      (message_id, provider_msg_id, status, source, applied, detail, attempt, created_at)
    select id, sid, 'ACCEPTED', 'worker', 1, 'queued', attempts, $3 from raised`
  : raise

async function deliverBatch(): Promise<number> {
  const now = Date.now()
  const claiming = { name: 'claim', text: claim, values: [now, now + 30_000, batch] }
  const { rows } = await pool.query<{ id: string }>(claiming)
  if (rows.length === 0) return 0
  const outcomes = await Promise.all(rows.map(({ id }) => carrier.send(id)))
  const ids = rows.map(({ id }) => id)
  const sids = outcomes.map((one) => (one.kind === 'accepted' ? one.report.providerMsgId : ''))
  const at = Date.now()
  await pool.query({ name: 'mark', text: mark, values: [ids, sids, at, at + 60_000] })
  return rows.length
}

await answerCommands(
  {},
  {
    enqueue: (count) =>
      inPortions(count, (first, end) => {
        const texts = Array.from({ length: end - first }, (_, i) => textOf(first + i))
        return pool.query(insert, [
          texts.map(nextId),
          texts.map((text) => text.toPhone),
          texts.map((text) => text.message),
          Date.now(),
        ])
      }),
    async deliver() {
      while ((await deliverBatch()) > 0);
    },
    left: async () => ({ left: await countWaiting(place) }),
  },
)
