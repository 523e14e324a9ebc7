// The physical limit of delivering on PostgreSQL: batches of 100 claimed by UPDATE … SKIP LOCKED, the
// stub called for each, one grouped UPDATE for all, one batch after another over one connection; two
// round trips and two transactions a batch. With the second argument `events` both statements write
// the app's events too. There are no priorities, no leases that anybody looks at, no look at what may
// have overtaken the call, no retries, nothing that would happen if something went wrong.
import { createStubCarrier } from '../carrier.ts'
import { answerCommands } from '../commands.ts'
import { givenPlace, makeTables, openPool } from '../place.ts'
import { inPortions } from '../text.ts'
import { enter, markStatement } from './books.ts'
import { countWaiting } from './waiting.ts'

const batch = 100
const withEvents = process.argv[3] === 'events'
const place = givenPlace()
await makeTables(place)
const pool = await openPool(place)
const carrier = createStubCarrier()

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

const mark = markStatement({ withEvents })

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
      inPortions(count, (first, end) => enter(pool, { first, end, withEvents: false })),
    async deliver() {
      while ((await deliverBatch()) > 0);
    },
    left: async () => ({ left: await countWaiting(place) }),
  },
)
