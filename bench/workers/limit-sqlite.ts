// The physical limit of delivering on SQLite: batches of 100 claimed by one UPDATE, the stub called for
// each, one transaction of prepared UPDATEs that marks them, with fsync. With the second argument
// `events` both write the app's events too. There is nothing else: see limit-postgres.ts.
import { createStubCarrier } from '../carrier.ts'
import { answerCommands } from '../commands.ts'
import { givenPlace, makeTables, openFile } from '../place.ts'
import { nextId } from '../servers/limit-answer.ts'
import { inPortions, textOf } from '../text.ts'
import { waitingColumns } from './books.ts'
import { countWaiting } from './waiting.ts'

const batch = 100
const withEvents = process.argv[3] === 'events'
const place = givenPlace()
await makeTables(place)
const db = openFile(place)
const carrier = createStubCarrier()

const insert = db.prepare(`
  insert into sms_log (${waitingColumns})
  values (?1, 'sms', 'outbound', ?2, '+15005550006', ?3, 'QUEUED',
    0, 1, ?4 + 14400000, 0, ?4, 0, ?4, ?4, ?4)`)
const claim = db.prepare(`
  update sms_log
  set status = 'SENDING', status_rank = 1, attempts = attempts + 1, attempted_at = ?1, next_at = ?2,
    updated_at = ?1
  where id in (
    select id from sms_log where status_rank = 0 and priority = 1 and next_at <= ?1
    order by next_at limit ?3
  )
  returning id, to_phone, from_phone, message, attempts`)
const raise = db.prepare(`
  update sms_log
  set status = 'ACCEPTED', status_rank = 2, provider_msg_id = ?2, num_segments = 1, next_at = ?4,
    last_event_time = ?3, updated_at = ?3
  where id = ?1 and status_rank < 2`)
const note = db.prepare(`
  insert into sms_event
    (message_id, provider_msg_id, status, source, applied, detail, attempt, created_at)
  values (?, ?, ?, 'worker', 1, ?, ?, ?)`)

function commit<T>(work: () => T): T {
  db.exec('begin immediate')
  const result = work()
  db.exec('commit')
  return result
}

async function deliverBatch(): Promise<number> {
  const rows = commit(() => {
    const now = Date.now()
    const claimed = claim.all(now, now + 30_000, batch)
    if (withEvents)
      for (const { id, attempts } of claimed)
        note.run(String(id), null, 'SENDING', null, Number(attempts), now)
    return claimed
  })
  if (rows.length === 0) return 0
  const outcomes = await Promise.all(rows.map(({ id }) => carrier.send(String(id))))
  commit(() => {
    const now = Date.now()
    rows.forEach(({ id, attempts }, i) => {
      const outcome = outcomes[i]
      const sid = outcome?.kind === 'accepted' ? outcome.report.providerMsgId : ''
      if (withEvents) note.run(String(id), sid, 'ACCEPTED', 'queued', Number(attempts), now)
      raise.run(String(id), sid, now, now + 60_000)
    })
  })
  return rows.length
}

await answerCommands(
  {},
  {
    enqueue: (count) =>
      inPortions(count, async (first, end) =>
        commit(() => {
          for (let i = first; i < end; i++) {
            const { toPhone, message } = textOf(i)
            insert.run(nextId(), toPhone, message, Date.now())
          }
        }),
      ),
    async deliver() {
      while ((await deliverBatch()) > 0);
    },
    left: async () => ({ left: await countWaiting(place) }),
  },
)
