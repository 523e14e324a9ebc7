// Fills the app's tables with messages that were delivered long ago, each with its four events and with
// ids as the app and the carrier make them: ours rise with time, the carrier's are without order.
import { answerCommands } from '../commands.ts'
import { givenPlace, makeTables, openFile, openPool } from '../place.ts'

const place = givenPlace()
await makeTables(place)

// Five seconds apart, the last of a million two days ago.
const first = Date.now() - 60 * 86_400_000
const apart = 5_000
let done = 0

const logColumns = `id, channel, direction, to_phone, from_phone, message, status, status_rank,
  provider_msg_id, num_segments, price, price_unit, priority, expires_at, attempts, attempted_at,
  polls, last_event_time, created_at, updated_at`
const logValues = `id, 'sms', 'outbound', '+1415555' || substr('0000' || (n % 10000), -4),
  '+15005550006', 'Your parcel ' || n || ' is on its way', 'DELIVERED', 4,
  sid, 1, '-0.00790', 'USD', 1, at + 14400000, 1, at + 20,
  0, at + 3000, at, at + 3000`
const eventColumns = `message_id, provider_msg_id, status, source, applied, detail, attempt,
  dedupe_key, created_at`
const eventSelects = `
  select id, null, 'QUEUED', 'api', 1, null, null, null, at from made union all
  select id, null, 'SENDING', 'worker', 1, null, 1, null, at + 20 from made union all
  select id, sid, 'ACCEPTED', 'worker', 1, 'queued', 1, null, at + 120 from made union all
  select id, sid, 'DELIVERED', 'callback', 1, 'delivered', 1, 'sms:msg:' || sid || ':delivered',
    at + 3000 from made`
const newId = (hex: string, random: string) => `
  substr(${hex}, 1, 8) || '-' || substr(${hex}, 9, 4) || '-7' || substr(${random}, 1, 3) || '-a' ||
  substr(${random}, 4, 3) || '-' || substr(${random}, 7, 12)`

const make = 'file' in place ? fillFile() : await fillSchema()
await answerCommands(
  {},
  {
    async fill(count) {
      await make(done, done + count)
      done += count
    },
  },
)

function fillFile(): (from: number, to: number) => Promise<void> {
  const db = openFile(place)
  db.exec('create temp table made (n integer, at integer, id text, sid text)')
  const number = db.prepare(`
    insert into made
    with recursive numbers (n) as (select ? union all select n + 1 from numbers where n + 1 < ?)
    select n, at, ${newId('hex', 'random')}, sid from (
      select n, at, printf('%012x', at) as hex, lower(hex(randomblob(9))) as random,
        'SM' || lower(hex(randomblob(16))) as sid
      from (select n, ${first} + n * ${apart} as at from numbers)
    )`)
  const log = db.prepare(`insert into sms_log (${logColumns}) select ${logValues} from made`)
  const events = db.prepare(`insert into sms_event (${eventColumns}) ${eventSelects}`)
  return async (from, to) => {
    db.exec('begin; delete from made')
    number.run(from, to)
    log.run()
    events.run()
    db.exec('commit')
  }
}

async function fillSchema(): Promise<(from: number, to: number) => Promise<void>> {
  const pool = await openPool(place)
  await pool.query('create temp table made (n bigint, at bigint, id text, sid text)')
  return async (from, to) => {
    await pool.query('truncate made')
    await pool.query(`
      insert into made
      select n, at, ${newId('hex', 'random')}, 'SM' || md5(random || n) from (
        select n, ${first} + n * ${apart} as at,
          lpad(to_hex(${first} + n * ${apart}), 12, '0') as hex, md5(random()::text) as random
        from generate_series(${from}::bigint, ${to - 1}) as numbers (n)
      ) as parts`)
    const phones = logValues.replace(/substr\('0000'[^+]*?-4\)/, `lpad((n % 10000)::text, 4, '0')`)
    await pool.query(`insert into sms_log (${logColumns}) select ${phones} from made`)
    await pool.query(`insert into sms_event (${eventColumns}) ${eventSelects}`)
  }
}
