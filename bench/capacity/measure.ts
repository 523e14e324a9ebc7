import { performance } from 'node:perf_hooks'
import { createIds } from '../../apps/twilio/src/domain/id.ts'
import { callbackKey, eventOf, type NewEvent } from '../../apps/twilio/src/domain/event.ts'
import type { Message, MessageStatus } from '../../apps/twilio/src/domain/message.ts'
import type { Store, Tables } from '../../apps/twilio/src/storage/store.ts'
import { sampleMessage } from '../../apps/twilio/test/storage/samples.ts'
import { randomBytes } from 'node:crypto'
import type { Server } from './server.ts'

/** What one step of a message cost, per message. */
export interface Cost {
  wallMicros: number
  serverMicros: number
  walBytes: number
}

const day = 86_400_000
const newId = createIds(
  { now: Date.now, monotonic: () => performance.now(), after: () => () => {} },
  randomBytes,
)

function newMessage(n: number): Message {
  const now = Date.now()
  return sampleMessage({
    id: newId(),
    toPhone: `+1415${String((n * 7919) % 2_000_000).padStart(7, '0')}`,
    fromPhone: '+15005550006',
    message: `Your parcel ${n} is on its way and will be with you tomorrow between 9 and 11.`,
    expiresAt: now + day,
    nextAt: now,
    lastEventTime: now,
    createdAt: now,
    updatedAt: now,
  })
}

/** The steps of messages from the acceptance to the last callback, with the product's own statements, in groups. */
export async function measureSteps(
  server: Server,
  store: Store,
  { count, group, first }: { count: number; group: number; first: number },
): Promise<Record<string, Cost>> {
  const costs: Record<string, Cost> = {}
  const messages = Array.from({ length: count }, (_, i) => newMessage(first + i))
  const groups = Array.from({ length: count / group }, (_, i) =>
    messages.slice(i * group, (i + 1) * group),
  )
  const sidOf = new Map(messages.map(({ id }) => [id, `SM${randomBytes(16).toString('hex')}`]))

  async function step(name: string, work: (tables: Tables, group: Message[]) => Promise<unknown>) {
    const [before] = await server.query('select pg_current_wal_lsn() as lsn')
    const cpu = server.cpuMicros()
    const began = performance.now()
    for (const one of groups) await store.transaction((tables) => work(tables, one))
    const wall = performance.now() - began
    const serverMicros = server.cpuMicros() - cpu
    const [after] = await server.query(
      `select pg_current_wal_lsn() - '${String(before?.['lsn'])}' as bytes`,
    )
    costs[name] = {
      wallMicros: (wall * 1_000) / count,
      serverMicros: serverMicros / count,
      walBytes: Number(after?.['bytes']) / count,
    }
  }

  await step('accept', async (tables, some) => {
    await tables.messages.findKeyUses(
      some.map(({ id }) => id),
      0,
    )
    await tables.optOuts.find(some.map(({ toPhone }) => toPhone))
    await tables.messages.insert(
      some.map((message) => ({ message, idempotencyKey: message.id, requestHash: message.id })),
    )
    await tables.events.append(
      some.map((message) => eventOf(message, { status: 'QUEUED', source: 'api' }, Date.now())),
    )
  })
  await step('claim', async (tables) => {
    const now = Date.now()
    const claimed = await tables.messages.claimDue({ now, leaseUntil: now + day, limit: group })
    if (claimed.length !== group) throw new Error(`claimed ${claimed.length}`)
    await tables.events.append(
      claimed.map((message) => eventOf(message, { status: 'SENDING' }, now)),
    )
  })
  await step('answer', async (tables, some) => {
    await tables.messages.findMany(some.map(({ id }) => id))
    await tables.events.adopt(
      some.map(({ id }) => ({ messageId: id, providerMsgId: sidOf.get(id) ?? '' })),
    )
    await report(tables, some, 'ACCEPTED')
  })
  for (const status of ['SENT', 'DELIVERED'] as const) {
    await step(`callback ${status}`, async (tables, some) => {
      await tables.messages.findMany(some.map(({ id }) => id))
      await report(tables, some, status)
    })
  }
  return costs

  async function report(tables: Tables, some: Message[], status: MessageStatus): Promise<void> {
    const at = Date.now()
    const events = some.map((message): NewEvent => {
      const providerMsgId = sidOf.get(message.id) ?? ''
      const event = eventOf(message, { status, source: 'callback', detail: status }, at)
      return { ...event, providerMsgId, dedupeKey: callbackKey(providerMsgId, status, undefined) }
    })
    await tables.events.append(events)
    const nextAt = status === 'DELIVERED' ? undefined : at + day
    const moves = some.map(({ id }) => ({ id, status, nextAt, at, providerMsgId: sidOf.get(id) }))
    await tables.messages.advance(moves)
  }
}

/** What a worker asks while nothing is due, and one look-up: microseconds of the clock for each, of many. */
export async function measureRounds(store: Store, ids: string[]): Promise<Record<string, number>> {
  const now = Date.now()
  const rounds: Record<string, () => Promise<unknown>> = {
    'empty claim': () => store.messages.claimDue({ now: 1, leaseUntil: now, limit: 100 }),
    'next due': () => store.messages.nextDue(),
    'queue facts': () => store.messages.queueFacts(now),
    'care round': async () => {
      await store.messages.expireDue(now, 100)
      await store.messages.doubtLapsed(now, now, 100)
      await store.messages.listDoubtful(now, 100)
      await store.messages.listUnsettled(now, 100)
    },
    'look-up with events': async () => {
      const id = ids[Math.floor(Math.random() * ids.length)] ?? ''
      await store.messages.find(id)
      await store.events.list(id)
    },
  }
  const times: Record<string, number> = {}
  for (const [name, work] of Object.entries(rounds)) {
    for (let i = 0; i < 20; i++) await work()
    const began = performance.now()
    for (let i = 0; i < 200; i++) await work()
    times[name] = ((performance.now() - began) * 1_000) / 200
  }
  return times
}

/** Milliseconds of claims of 100 while 50,000 wait: before the server's statistics know of them. */
export async function measureBacklog(store: Store): Promise<number[]> {
  const messages = Array.from({ length: 50_000 }, (_, i) => newMessage(i))
  while (messages.length > 0) {
    await store.messages.insert(
      messages
        .splice(0, 1_000)
        .map((message) => ({ message, idempotencyKey: undefined, requestHash: undefined })),
    )
  }
  const times: number[] = []
  for (let i = 0; i < 12; i++) {
    const now = Date.now()
    const began = performance.now()
    await store.messages.claimDue({ now, leaseUntil: now + day, limit: 100 })
    times.push(Math.round((performance.now() - began) * 10) / 10)
  }
  for (;;) {
    const now = Date.now()
    const rest = await store.messages.claimDue({ now, leaseUntil: now + day, limit: 5_000 })
    if (rest.length === 0) return times
    await store.messages.advance(
      rest.map(({ id }) => ({ id, status: 'CANCELED', nextAt: undefined, at: now })),
    )
  }
}
