import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { hourMs, hourOf } from '../../src/domain/hourly.ts'
import type { Message, MessageStatus } from '../../src/domain/message.ts'
import { createHourly } from '../../src/services/hourly.ts'
import type { Store } from '../../src/storage/store.ts'
import { createTestClock } from '../clock.ts'
import {
  idsOf,
  insertMessages,
  openFor,
  type OpenStore,
  sampleEvent,
  sampleMessage,
  sampleOptOut,
  sampleVerification,
  start,
} from './samples.ts'

const told: MessageStatus[] = [
  ...(['ACCEPTED', 'SENT', 'DELIVERED', 'UNDELIVERED', 'FAILED'] as const),
  ...(['EXPIRED', 'IN_DOUBT', 'CANCELED', 'READ', 'QUEUED', 'SENDING'] as const),
]
const left = new Set(['ACCEPTED', 'SENT', 'DELIVERED', 'UNDELIVERED', 'READ'])

interface Step {
  message: number
  status: MessageStatus
  applied: boolean
  afterMs: number
}

/** Written apart from the code that it judges: from the whole history of each message at once. */
function recount(messages: readonly Message[], steps: readonly Step[]): Map<string, number> {
  const sums = new Map<string, number>()
  messages.forEach((message, i) => {
    const mine = steps.filter(
      (one) => one.message === i && one.applied && !['QUEUED', 'SENDING'].includes(one.status),
    )
    const last = mine.at(-1)
    if (!last) return
    const names: string[] = []
    if (mine.some(({ status }) => left.has(status))) names.push('sent')
    if (last.status === 'DELIVERED' || last.status === 'READ') names.push('delivered')
    if (last.status === 'UNDELIVERED') names.push('undelivered', 'error:30003')
    if (last.status === 'FAILED' || last.status === 'EXPIRED') names.push('failed', 'error:30003')
    if (last.status === 'IN_DOUBT') names.push('in_doubt')
    for (const name of names) {
      const key = `${hourOf(message.sendAt ?? message.createdAt)} ${name}`
      sums.set(key, (sums.get(key) ?? 0) + 1)
    }
  })
  return sums
}

async function counted(store: Store): Promise<Map<string, number>> {
  const range = { from: 0, until: start + 100 * hourMs, widthMs: hourMs }
  const rows = await store.hourly.sums(range)
  return new Map(
    rows
      .filter(({ name, amount }) => amount !== 0 && !name.startsWith('delay:'))
      .map(({ at, name, amount }) => [`${at} ${name}`, amount]),
  )
}

const sorted = (sums: Map<string, number>) => [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1))

/** What the admin pages look through, and the counters of their overview. */
export function browseContract(open: OpenStore): void {
  describe('hourly', () => {
    it('counts what a recount of all events counts, however it is cut into rounds', async (t) => {
      const store = await openFor(t, open)
      const clock = createTestClock()
      // Two processes: what one counts the other must not count again.
      const rivals = [createHourly({ store, clock }), createHourly({ store, clock })]
      const messages = Array.from({ length: 12 }, (_, i) =>
        sampleMessage({
          id: `m${i}`,
          createdAt: start + (i % 4) * hourMs,
          sendAt: i % 5 === 0 ? start + 7 * hourMs : undefined,
          attemptedAt: start + (i % 4) * hourMs,
        }),
      )
      await insertMessages(store, ...messages)
      const steps: Step[] = []
      const step = fc.record({
        message: fc.nat({ max: 11 }),
        status: fc.constantFrom(...told),
        applied: fc.boolean(),
        afterMs: fc.nat({ max: 3 * hourMs }),
      })
      const rounds = fc.sample(fc.array(step, { minLength: 10, maxLength: 30 }), {
        numRuns: 12,
        seed: 5,
      })
      for (const round of rounds) {
        steps.push(...round)
        await store.events.append(
          round.map(({ message, status, applied, afterMs }) =>
            sampleEvent({
              messageId: `m${message}`,
              status,
              applied,
              errorCode: /FAILED|UNDELIVERED|EXPIRED/.test(status) ? 30003 : undefined,
              createdAt: start + afterMs,
            }),
          ),
        )
        await Promise.all(rivals.map((one) => one.count()))
        // PostgreSQL shows an event to readers once no older transaction runs.
        while ((await Promise.all(rivals.map((one) => one.count()))).some((n) => n > 0));
        assert.deepEqual(sorted(await counted(store)), sorted(recount(messages, steps)))
      }
      assert.ok(steps.length > 100)
    })

    it('counts verifications and how long they took', async (t) => {
      const store = await openFor(t, open)
      const event = { verificationId: 'v1', toPhone: '+14155552671', purpose: 'verify' }
      const sample = { ...event, channel: 'sms' as const, nth: 0, createdAt: start }
      await store.verificationEvents.append([
        { ...sample, kind: 'started', nth: 1 },
        { ...sample, kind: 'approved', createdAt: start + 20_000 },
        { ...sample, verificationId: 'v2', kind: 'started', nth: 1 },
        { ...sample, verificationId: 'v2', kind: 'expired', createdAt: start + 600_000 },
      ])
      const hourly = createHourly({ store, clock: createTestClock() })
      while ((await hourly.count()) > 0);
      const sums = await counted(store)
      const hour = hourOf(start)
      const names = ['v:started', 'v:approved', 'v:expired']
      assert.deepEqual(
        names.map((name) => sums.get(`${hour} ${name}`)),
        [2, 1, 1],
      )
      assert.equal([...sums.keys()].filter((name) => name.includes('v:delay:')).length, 1)
    })
  })

  describe('browse', () => {
    it('finds messages by every part, and goes on behind a stretch without any', async (t) => {
      const store = await openFor(t, open)
      const idOf = (n: number) => `m${String(n).padStart(6, '0')}`
      const many = Array.from({ length: 6_000 }, (_, n) => sampleMessage({ id: idOf(n + 1) }))
      await insertMessages(store, ...many)
      await insertMessages(
        store,
        sampleMessage({
          id: 'a',
          message: '50% Of_f\\',
          toPhone: '+14155550001',
          status: 'FAILED',
        }),
        sampleMessage({ id: 'b', channel: 'whatsapp', fromPhone: 'Shop' }),
        sampleMessage({ id: 'c', direction: 'inbound', fromPhone: '+14155550001' }),
        sampleMessage({ id: 'd', errorCode: 30003, messagingServiceSid: 'MG1' }),
      )
      const found = async (query: Parameters<Store['browse']['messages']>[0]) => {
        const ids: string[] = []
        let before: string | undefined
        for (let pages = 0; pages < 5; pages++) {
          const page = await store.browse.messages({ ...query, before })
          ids.push(...idsOf(page.messages))
          before = page.next
          if (before === undefined) break
        }
        return ids
      }
      const limit = 10
      assert.deepEqual(await found({ text: '% of_F\\', limit }), ['a'])
      assert.deepEqual(await found({ text: '%', limit }), ['a'])
      assert.deepEqual(await found({ phone: '+14155550001', limit }), ['c', 'a'])
      assert.deepEqual(await found({ phone: '+14155550001', limit: 1 }), ['c', 'a'])
      assert.deepEqual(await found({ phoneEnd: '0001', limit }), ['c', 'a'])
      assert.deepEqual(await found({ channel: 'whatsapp', limit }), ['b'])
      assert.deepEqual(await found({ sender: 'MG1', limit }), ['d'])
      assert.deepEqual(await found({ errorCode: 30003, limit }), ['d'])
      assert.deepEqual(await found({ statuses: ['FAILED'], limit }), ['a'])
      assert.deepEqual(await found({ direction: 'inbound', limit }), ['c'])
      assert.deepEqual(await found({ statuses: [], limit }), [])
      const first = await store.browse.messages({ channel: 'whatsapp', limit })
      assert.deepEqual([first.messages, first.next], [[], idOf(1_001)])
    })

    it('lists each phone that has written once, by its newest message', async (t) => {
      const store = await openFor(t, open)
      const inbound = (id: string, fromPhone: string) =>
        sampleMessage({ id, direction: 'inbound', status: 'RECEIVED', fromPhone })
      const [x, y] = ['+14155550001', '+14155550002']
      await insertMessages(
        store,
        inbound('a', x),
        inbound('b', y),
        inbound('c', x),
        inbound('e', x),
        sampleMessage({ id: 'd', toPhone: x, resendOf: 'a' }),
      )
      const list = async (before: string, limit: number) => {
        const page = await store.browse.conversations({ before, limit })
        return [page.conversations.map(({ newest, inbound: n }) => [newest.id, n]), page.next]
      }
      assert.deepEqual(await list('~', 5), [
        [
          ['e', 3],
          ['b', 1],
        ],
        undefined,
      ])
      assert.deepEqual(await list('~', 1), [[['e', 3]], 'e'])
      assert.deepEqual(await list('e', 5), [[['b', 1]], undefined])
      assert.deepEqual(idsOf(await store.browse.thread(x, 9)), ['e', 'd', 'c', 'a'])
      assert.deepEqual(await store.browse.resendsOf('a'), ['d'])
      await store.optOuts.add(sampleOptOut({ phone: x, sender: 'Shop' }))
      assert.deepEqual(
        (await store.browse.optOutsOf(x)).map(({ sender }) => sender),
        ['Shop'],
      )
    })

    it('finds verifications, and the messages of one', async (t) => {
      const store = await openFor(t, open)
      const other = '+14155550002'
      await store.verifications.insert(sampleVerification({ id: 'a' }))
      await store.verifications.insert(sampleVerification({ id: 'b', toPhone: other }))
      await store.verifications.insert(sampleVerification({ id: 'c', status: 'approved' }))
      await insertMessages(
        store,
        sampleMessage({ id: 'm1', verificationId: 'a' }),
        sampleMessage({ id: 'm2', verificationId: 'c' }),
      )
      const found = async (query: object) => {
        const page = await store.browse.verifications({ before: '~', limit: 9, ...query })
        return [idsOf(page.verifications), page.next]
      }
      assert.deepEqual(await found({}), [['c', 'b', 'a'], undefined])
      assert.deepEqual(await found({ limit: 2 }), [['c', 'b'], 'b'])
      assert.deepEqual(await found({ statuses: ['pending'] }), [['b', 'a'], undefined])
      assert.deepEqual(await found({ phone: other }), [['b'], undefined])
      assert.deepEqual(await found({ phoneEnd: '0002' }), [['b'], undefined])
      const own = await store.browse.messagesOfVerification(sampleVerification({ id: 'a' }))
      assert.deepEqual(idsOf(own), ['m1'])
    })
  })
}
