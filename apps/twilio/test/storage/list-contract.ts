import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  idsOf,
  insertMessages,
  openFor,
  type OpenStore,
  sampleEvent,
  sampleMessage,
} from './samples.ts'

/** What people ask for: lists of messages, and what happens just now. */
export function listContract(open: OpenStore): void {
  describe('messages.list', () => {
    it('answers the newest first, in pages that meet', async (t) => {
      const store = await openFor(t, open)
      const ids = ['a', 'b', 'c', 'd', 'e']
      await insertMessages(store, ...ids.map((id) => sampleMessage({ id })))
      const first = await store.messages.list({ limit: 2 })
      assert.deepEqual([idsOf(first.messages), first.next], [['e', 'd'], 'd'])
      const second = await store.messages.list({ limit: 2, before: first.next })
      assert.deepEqual([idsOf(second.messages), second.next], [['c', 'b'], 'b'])
      const third = await store.messages.list({ limit: 2, before: second.next })
      assert.deepEqual([idsOf(third.messages), third.next], [['a'], undefined])
      const late = await store.messages.list({ limit: 9, from: 'd' })
      assert.deepEqual(idsOf(late.messages), ['e', 'd'])
    })

    it('filters by phone, status and error code, alone and together', async (t) => {
      const store = await openFor(t, open)
      const other = '+14155552672'
      await insertMessages(
        store,
        sampleMessage({ id: 'a', status: 'FAILED', errorCode: 30003 }),
        sampleMessage({ id: 'b', status: 'UNDELIVERED', errorCode: 30003, toPhone: other }),
        sampleMessage({ id: 'c', status: 'DELIVERED', toPhone: other }),
        sampleMessage({ id: 'd', status: 'UNDELIVERED', errorCode: 30005 }),
        sampleMessage({ id: 'e' }),
      )
      const statuses = ['FAILED', 'UNDELIVERED'] as const
      for (const [query, ids] of [
        [{ toPhone: other }, ['c', 'b']],
        [{ errorCode: 30003 }, ['b', 'a']],
        [{ statuses }, ['d', 'b', 'a']],
        [{ statuses, from: 'b' }, ['d', 'b']],
        [{ statuses, before: 'd' }, ['b', 'a']],
        [{ statuses: ['QUEUED', 'FAILED'] }, ['e', 'a']],
        [{ toPhone: other, statuses }, ['b']],
        [{ toPhone: other, errorCode: 30003, statuses: ['FAILED'] }, []],
        [{ errorCode: 30003, statuses: ['FAILED'] }, ['a']],
        [{ statuses: [] }, []],
      ] as const) {
        const { messages } = await store.messages.list({ ...query, limit: 9 })
        assert.deepEqual(idsOf(messages), ids, JSON.stringify(query))
      }
    })

    it('reads a stretch at a time where nothing but the status is asked for', async (t) => {
      const store = await openFor(t, open)
      const idOf = (n: number) => `m${String(n).padStart(6, '0')}`
      for (let n = 0; n < 12_000; n += 1_000) {
        const some = Array.from({ length: 1_000 }, (_, i) => idOf(n + i))
        await insertMessages(store, ...some.map((id) => sampleMessage({ id, status: 'SENT' })))
      }
      await insertMessages(store, sampleMessage({ id: 'a', status: 'READ' }))
      const query = { statuses: ['READ'] as const, limit: 5 }
      const first = await store.messages.list(query)
      assert.deepEqual([idsOf(first.messages), first.next], [[], idOf(2_000)])
      const second = await store.messages.list({ ...query, before: first.next })
      assert.deepEqual([idsOf(second.messages), second.next], [['a'], 'a'])
      const third = await store.messages.list({ ...query, before: second.next })
      assert.deepEqual([idsOf(third.messages), third.next], [[], undefined])
    })
  })

  describe('events.listAfter', () => {
    it('follows what is stored, of all messages, in pages that meet', async (t) => {
      const store = await openFor(t, open)
      await store.events.append([sampleEvent({}), sampleEvent({ messageId: 'm2' })])
      let place = await store.events.end()
      const read = async (limit: number) => {
        const { events, next } = await store.events.listAfter(place, limit)
        place = next
        return events.map(({ messageId }) => messageId)
      }
      assert.deepEqual(await read(9), [])
      await store.events.append(['m3', 'm1', 'm4'].map((messageId) => sampleEvent({ messageId })))
      assert.deepEqual([await read(2), await read(2), await read(2)], [['m3', 'm1'], ['m4'], []])
      for (const messageId of ['m5', 'm6']) {
        await store.events.append([sampleEvent({ messageId, status: 'QUEUED', applied: false })])
        assert.deepEqual([await read(2), await read(2)], [[messageId], []])
      }
    })

    it('begins in an empty store', async (t) => {
      const store = await openFor(t, open)
      const place = await store.events.end()
      await store.events.append([sampleEvent({})])
      assert.equal((await store.events.listAfter(place, 9)).events.length, 1)
    })
  })
}
