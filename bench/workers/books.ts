import type { Pool } from 'pg'
import { createBatcher } from '../../apps/twilio/src/services/batcher.ts'
import type { StubCarrier } from '../carrier.ts'
import { makeTables, openPool, type Place } from '../place.ts'
import { nextId } from '../servers/limit-answer.ts'
import { textOf } from '../text.ts'

// The app's rows, written by somebody else: by a limit, or beside a queue that keeps none of its own.

/** The columns of a message that waits. */
export const waitingColumns = `id, channel, direction, to_phone, from_phone, message, status,
  status_rank, priority, expires_at, attempts, next_at, polls, last_event_time, created_at, updated_at`

const insert = `
  insert into sms_log (${waitingColumns})
  select id, 'sms', 'outbound', to_phone, '+15005550006', message, 'QUEUED',
    0, 1, $4::bigint + 14400000, 0, $4, 0, $4, $4, $4
  from unnest($1::text[], $2::text[], $3::text[]) as given (id, to_phone, message)`
const insertWithEvents = `
  with entered as (${insert} returning id)
  insert into sms_event (message_id, status, source, applied, created_at)
  select id, 'QUEUED', 'api', 1, $4 from entered`

const sending = `
  with moved as (
    update sms_log
    set status = 'SENDING', status_rank = 1, attempts = attempts + 1, attempted_at = $2::bigint,
      next_at = $3::bigint, updated_at = $2
    from unnest($1::text[]) as given (given_id)
    where id = given_id and status_rank = 0 returning id, attempts
  )
  insert into sms_event (message_id, status, source, applied, attempt, created_at)
  select id, 'SENDING', 'worker', 1, attempts, $2 from moved`

/** Marks messages as accepted: $1 ids, $2 SIDs, $3 now, $4 when the carrier is asked what became of them. */
export function markStatement({ withEvents }: { withEvents: boolean }): string {
  const raise = `
    update sms_log
    set status = 'ACCEPTED', status_rank = 2, provider_msg_id = sid, num_segments = 1,
      next_at = $4::bigint, last_event_time = $3::bigint, updated_at = $3
    from unnest($1::text[], $2::text[]) as given (given_id, sid)
    where id = given_id and status_rank < 2`
  if (!withEvents) return raise
  return `
    with raised as (${raise} returning id, sid, attempts)
    insert into sms_event
      (message_id, provider_msg_id, status, source, applied, detail, attempt, created_at)
    select id, sid, 'ACCEPTED', 'worker', 1, 'queued', attempts, $3 from raised`
}

/** Writes messages that wait; answers what a job has to know of each. */
export async function enter(
  pool: Pool,
  { first, end, withEvents }: { first: number; end: number; withEvents: boolean },
): Promise<{ id: string; toPhone: string; message: string }[]> {
  const messages = Array.from({ length: end - first }, (_, i) => ({
    id: nextId(),
    ...textOf(first + i),
  }))
  await pool.query(withEvents ? insertWithEvents : insert, [
    messages.map((one) => one.id),
    messages.map((one) => one.toPhone),
    messages.map((one) => one.message),
    Date.now(),
  ])
  return messages
}

/** What the jobs of a peer do. */
export interface PeerJobs {
  /** The messages to be put into the queue. */
  enter(first: number, end: number): Promise<{ id: string; toPhone: string; message: string }[]>
  /** For one job of many at the same time: what is written for them is written together. */
  send(id: string): Promise<void>
  /** For jobs that come together. */
  sendAll(ids: string[]): Promise<void>
}

/** Only the calls; or, for comparing equal work, the app's rows and events around them as well. */
export async function createPeerJobs(
  carrier: StubCarrier,
  place: Place,
  withBooks: boolean,
): Promise<PeerJobs> {
  if (!withBooks) {
    let sent = 0
    const withId = (index: number) => ({ id: `message-${sent++}`, ...textOf(index) })
    return {
      enter: async (first, end) => Array.from({ length: end - first }, (_, i) => withId(first + i)),
      send: async (id) => void (await carrier.send(id)),
      sendAll: async (ids) => void (await Promise.all(ids.map((id) => carrier.send(id)))),
    }
  }
  await makeTables(place)
  const pool = await openPool(place)
  const mark = markStatement({ withEvents: true })
  async function noteSending(ids: string[]): Promise<void> {
    const now = Date.now()
    await pool.query({ name: 'sending', text: sending, values: [ids, now, now + 30_000] })
  }
  async function noteAccepted(accepted: { id: string; sid: string }[]): Promise<void> {
    const columns = [accepted.map((one) => one.id), accepted.map((one) => one.sid)]
    const now = Date.now()
    await pool.query({ name: 'mark', text: mark, values: [...columns, now, now + 60_000] })
  }
  async function call(id: string): Promise<{ id: string; sid: string }> {
    const outcome = await carrier.send(id)
    return { id, sid: outcome.kind === 'accepted' ? outcome.report.providerMsgId : '' }
  }
  const noteOneSending = createBatcher<string, void>(async (ids) => {
    await noteSending(ids)
    return ids.map(() => undefined)
  })
  const noteOneAccepted = createBatcher<{ id: string; sid: string }, void>(async (accepted) => {
    await noteAccepted(accepted)
    return accepted.map(() => undefined)
  })
  return {
    enter: (first, end) => enter(pool, { first, end, withEvents: true }),
    async send(id) {
      await noteOneSending(id)
      await noteOneAccepted(await call(id))
    },
    async sendAll(ids) {
      await noteSending(ids)
      await noteAccepted(await Promise.all(ids.map(call)))
    },
  }
}
