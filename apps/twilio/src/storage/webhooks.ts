import { sql } from 'kysely'
import { firstIdAt, lastId } from '../domain/id.ts'
import type { WebhookAttempt, WebhookDelivery, WebhookStore } from './event-stores.ts'
import type { WebhookAttemptRow, WebhookDeliveryRow } from './schema.ts'
import { groupStatement, orNull, orUndefined, type Session, statement } from './statement.ts'

const insert = groupStatement({
  key: 'id',
  fields: {
    ...({ id: 'text', endpoint: 'text', event_id: 'text', event_type: 'text' } as const),
    ...({ status: 'text', next_at: 'number', created_at: 'number' } as const),
  },
  build: (bind, { values }) => sql`
    insert into sms_webhook_delivery
      (id, endpoint, event_id, event_type, status, next_at, created_at, attempts)
    ${values([
      ...(['id', 'endpoint', 'event_id', 'event_type', 'status'] as const).map(bind),
      ...(['next_at', 'created_at'] as const).map(bind),
      sql.lit(0),
    ])}
    on conflict do nothing`,
})

const selectDue = statement<WebhookDeliveryRow, 'endpoint' | 'now' | 'limit'>(
  (bind) => sql`
    select * from sms_webhook_delivery
    where endpoint = ${bind('endpoint')} and status = 'pending' and next_at <= ${bind('now')}
    order by next_at, id limit ${bind('limit')}`,
)

const nextDue = statement<{ due: number | null }, 'endpoint'>(
  (bind) => sql`
    select min(next_at) as due from sms_webhook_delivery
    where endpoint = ${bind('endpoint')} and status = 'pending'`,
)

const insertAttempt = statement<
  never,
  'id' | 'delivery' | 'attempt' | 'outcome' | 'code' | 'ms' | 'next' | 'at'
>(
  (bind) => sql`
    insert into sms_webhook_attempt
      (id, delivery_id, attempt, outcome, status_code, duration_ms, next_at, created_at)
    values (${bind('id')}, ${bind('delivery')}, ${bind('attempt')}, ${bind('outcome')},
      ${bind('code')}, ${bind('ms')}, ${bind('next')}, ${bind('at')})`,
)

const step = statement<never, 'id' | 'attempt' | 'status' | 'next' | 'ended' | 'before'>(
  (bind) => sql`
    update sms_webhook_delivery
    set status = ${bind('status')}, attempts = ${bind('attempt')}, next_at = ${bind('next')},
      ended_at = ${bind('ended')}
    where id = ${bind('id')} and status = 'pending' and attempts = ${bind('before')}`,
)

type LoggedRow = WebhookAttemptRow &
  Pick<WebhookDeliveryRow, 'endpoint' | 'event_id' | 'event_type'>

const selectAttempts = statement<LoggedRow, 'endpoint' | 'eventId' | 'limit'>(
  (bind) => sql`
    select a.*, d.endpoint, d.event_id, d.event_type
    from sms_webhook_attempt as a join sms_webhook_delivery as d on d.id = a.delivery_id
    where (${bind('endpoint')} = '' or d.endpoint = ${bind('endpoint')})
      and (${bind('eventId')} = '' or d.event_id = ${bind('eventId')})
    order by a.id desc limit ${bind('limit')}`,
)

const count = statement<{ pending: number; failed: number }, 'endpoint'>(
  (bind) => sql`
    select count(case when status = 'pending' then 1 end) as pending,
      count(case when status = 'failed' then 1 end) as failed
    from sms_webhook_delivery where endpoint = ${bind('endpoint')} and status <> 'delivered'`,
)

const again = (at: unknown) =>
  sql`status = 'pending', attempts = 0, next_at = ${at}, ended_at = null`

const replayOne = statement<{ id: string }, 'endpoint' | 'eventId' | 'at'>(
  (bind) => sql`
    update sms_webhook_delivery set ${again(bind('at'))}
    where endpoint = ${bind('endpoint')} and event_id = ${bind('eventId')} and status <> 'pending'
    returning id`,
)

const replayRange = statement<{ id: string }, 'endpoint' | 'from' | 'to' | 'spared' | 'at'>(
  (bind) => sql`
    update sms_webhook_delivery set ${again(bind('at'))}
    where endpoint = ${bind('endpoint')} and id >= ${bind('from')} and id < ${bind('to')}
      and status not in ('pending', ${bind('spared')})
    returning id`,
)

const giveUp = statement<{ id: string }, 'endpoint' | 'at'>(
  (bind) => sql`
    update sms_webhook_delivery
    set status = 'failed', next_at = null, ended_at = ${bind('at')}
    where endpoint = ${bind('endpoint')} and status = 'pending'
    returning id`,
)

const findDisabled = statement<{ disabled_at: number }, 'endpoint' | 'hash'>(
  (bind) => sql`
    select disabled_at from sms_webhook_endpoint
    where endpoint = ${bind('endpoint')} and url_hash = ${bind('hash')}`,
)

const disable = statement<never, 'endpoint' | 'hash' | 'at'>(
  (bind) => sql`
    insert into sms_webhook_endpoint (endpoint, url_hash, disabled_at)
    values (${bind('endpoint')}, ${bind('hash')}, ${bind('at')})
    on conflict (endpoint) do update
    set url_hash = excluded.url_hash, disabled_at = excluded.disabled_at`,
)

const enable = statement<{ endpoint: string }, 'endpoint'>(
  (bind) => sql`
    delete from sms_webhook_endpoint where endpoint = ${bind('endpoint')} returning endpoint`,
)

const deleteAttempts = statement<{ id: string }, 'before' | 'limit'>(
  (bind) => sql`
    delete from sms_webhook_attempt where id in (
      select id from sms_webhook_attempt where id < ${bind('before')} order by id limit ${bind('limit')}
    )
    returning id`,
)

const deleteDeliveries = statement<{ id: string }, 'before' | 'limit'>(
  (bind) => sql`
    delete from sms_webhook_delivery where id in (
      select id from sms_webhook_delivery where id < ${bind('before')} order by id limit ${bind('limit')}
    )
    returning id`,
)

/** The tables of webhooks. */
export function createWebhooks(session: Session): WebhookStore {
  return {
    async plan(deliveries) {
      const rows = deliveries.map((one) => ({
        id: one.id,
        endpoint: one.endpoint,
        event_id: one.eventId,
        event_type: one.eventType,
        status: one.status,
        next_at: orNull(one.nextAt),
        created_at: one.createdAt,
      }))
      await insert(session, rows)
    },
    listDue: async (endpoint, now, limit) =>
      (await selectDue(session, { endpoint, now, limit })).map(toDelivery),
    nextDue: async (endpoint) =>
      orUndefined((await nextDue(session, { endpoint }))[0]?.due ?? null),
    async note(attempt, status) {
      const { id, deliveryId: delivery, outcome, durationMs: ms, createdAt: at } = attempt
      const next = orNull(attempt.nextAt)
      const code = orNull(attempt.statusCode)
      const nth = attempt.attempt
      await insertAttempt(session, { id, delivery, attempt: nth, outcome, code, ms, next, at })
      const ended = status === 'pending' ? null : at
      await step(session, { id: delivery, attempt: nth, before: nth - 1, status, next, ended })
    },
    async listAttempts({ endpoint = '', eventId = '', limit }) {
      return (await selectAttempts(session, { endpoint, eventId, limit })).map(toLogged)
    },
    async countOpen(endpoint) {
      const [row] = await count(session, { endpoint })
      return { pending: row?.pending ?? 0, failed: row?.failed ?? 0 }
    },
    async replay({ endpoint, at, eventId, from = 0, to, onlyFailed }) {
      if (eventId !== undefined) return (await replayOne(session, { endpoint, eventId, at })).length
      const range = { from: firstIdAt(from), to: to === undefined ? lastId : firstIdAt(to) }
      const spared = onlyFailed ? 'delivered' : 'pending'
      return (await replayRange(session, { endpoint, ...range, spared, at })).length
    },
    giveUp: async (endpoint, at) => (await giveUp(session, { endpoint, at })).length,
    disabledAt: async (endpoint, hash) =>
      (await findDisabled(session, { endpoint, hash }))[0]?.disabled_at,
    async disable(endpoint, hash, at) {
      await disable(session, { endpoint, hash, at })
    },
    enable: async (endpoint) => (await enable(session, { endpoint })).length > 0,
    async sweep(at, limit) {
      const before = firstIdAt(at)
      const tries = await deleteAttempts(session, { before, limit })
      return tries.length + (await deleteDeliveries(session, { before, limit })).length
    },
  }
}

function toDelivery(row: WebhookDeliveryRow): WebhookDelivery {
  return {
    id: row.id,
    endpoint: row.endpoint,
    eventId: row.event_id,
    eventType: row.event_type,
    status: row.status,
    attempts: row.attempts,
    nextAt: orUndefined(row.next_at),
    createdAt: row.created_at,
    endedAt: orUndefined(row.ended_at),
  }
}

function toLogged(
  row: LoggedRow,
): WebhookAttempt & Pick<WebhookDelivery, 'endpoint' | 'eventId' | 'eventType'> {
  return {
    id: row.id,
    deliveryId: row.delivery_id,
    attempt: row.attempt,
    outcome: row.outcome,
    statusCode: orUndefined(row.status_code),
    durationMs: row.duration_ms,
    nextAt: orUndefined(row.next_at),
    createdAt: row.created_at,
    endpoint: row.endpoint,
    eventId: row.event_id,
    eventType: row.event_type,
  }
}
