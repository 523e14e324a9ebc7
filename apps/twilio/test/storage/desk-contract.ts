import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { NewAuditEntry } from '../../src/domain/audit.ts'
import type { Message } from '../../src/domain/message.ts'
import {
  idsOf,
  insertMessages,
  openFor,
  type OpenStore,
  sampleMessage,
  sampleVerification,
  sendingMessage,
  start,
} from './samples.ts'

const inbound = (id: string, overrides: Partial<Message> = {}): Message =>
  sampleMessage({
    id,
    direction: 'inbound',
    status: 'RECEIVED',
    fromPhone: '+14155552671',
    toPhone: '+15005550006',
    nextAt: undefined,
    ...overrides,
  })

const entry = (subject: string, detail?: Record<string, string>): NewAuditEntry => ({
  actor: 'anna',
  action: 'message-canceled',
  subject,
  detail,
  at: start,
})

/** What people at a desk do and ask. */
export function deskContract(open: OpenStore): void {
  describe('messages.cancel', () => {
    it('takes back what waits, and nothing else', async (t) => {
      const store = await openFor(t, open)
      await insertMessages(
        store,
        sampleMessage({ id: 'a', errorCode: 30_001, attempts: 1 }),
        sampleMessage({ id: 'b', status: 'SCHEDULED', sendAt: start + 9 }),
        sendingMessage({ id: 'c' }),
        sampleMessage({ id: 'd', status: 'DELIVERED', nextAt: undefined }),
      )
      const canceled = await store.messages.cancel('a', start + 5)
      assert.deepEqual(canceled, await store.messages.find('a'))
      const { status, nextAt, errorCode, updatedAt } = canceled ?? {}
      assert.deepEqual(
        [status, nextAt, errorCode, updatedAt],
        ['CANCELED', undefined, undefined, start + 5],
      )
      assert.equal((await store.messages.cancel('b', start))?.status, 'CANCELED')
      for (const id of ['a', 'c', 'd', 'x'])
        assert.equal(await store.messages.cancel(id, start + 9), undefined, id)
      const claimed = await store.messages.claimDue({ now: start + 99, leaseUntil: 0, limit: 9 })
      assert.deepEqual(claimed, [])
      assert.equal((await store.messages.find('c'))?.status, 'SENDING')
    })

    it('or a claim, never both', async (t) => {
      const store = await openFor(t, open)
      const ids = Array.from({ length: 20 }, (_, i) => `a${i}`)
      await insertMessages(store, ...ids.map((id) => sampleMessage({ id })))
      const [claimed, ...canceled] = await Promise.all([
        store.messages.claimDue({ now: start, leaseUntil: start + 1, limit: 10 }),
        ...ids.map((id) => store.messages.cancel(id, start)),
      ])
      const won = new Set([...claimed, ...canceled].flatMap((one) => (one ? [one.id] : [])))
      assert.equal(claimed.length + canceled.filter(Boolean).length, 20)
      assert.equal(won.size, 20)
    })
  })

  describe('messages.listInbound', () => {
    it('lists what phones have written, newest first', async (t) => {
      const store = await openFor(t, open)
      await insertMessages(store, inbound('a'), sampleMessage({ id: 'b' }), inbound('c'))
      assert.deepEqual(idsOf(await store.messages.listInbound({ before: 'z', limit: 9 })), [
        'c',
        'a',
      ])
      assert.deepEqual(idsOf(await store.messages.listInbound({ before: 'c', limit: 9 })), ['a'])
      assert.deepEqual(idsOf(await store.messages.listInbound({ before: 'z', limit: 1 })), ['c'])
    })
  })

  describe('queue', () => {
    it('counts what stands where, and no further than asked', async (t) => {
      const store = await openFor(t, open)
      const nothing = { due: 0, scheduled: 0, retrying: 0, sending: 0, inDoubt: 0, failed: 0 }
      const ask = (failedFrom: string, most: number, mostRead = most) =>
        store.queue.facts({ now: start, failedFrom, most, mostRead })
      assert.deepEqual(await ask('a', 9), { ...nothing, earliestAt: undefined })
      await insertMessages(
        store,
        ...[0, 1, 2].map((i) => sampleMessage({ id: `a${i}`, nextAt: start - i, priority: 0 })),
        sampleMessage({ id: 'b', status: 'SCHEDULED', nextAt: start - 5, priority: 2 }),
        ...[0, 1].map((i) => sampleMessage({ id: `b${i}`, nextAt: start + 70, attempts: 2 })),
        ...[0, 1].map((i) =>
          sampleMessage({ id: `c${i}`, status: 'SCHEDULED', nextAt: start + 60 - i }),
        ),
        sendingMessage({ id: 'd' }),
        sendingMessage({ id: 'e', status: 'IN_DOUBT' }),
        sendingMessage({ id: 'f', status: 'IN_DOUBT' }),
        ...(['FAILED', 'UNDELIVERED', 'EXPIRED', 'DELIVERED', 'CANCELED'] as const).map((status) =>
          sampleMessage({ id: `m1 ${status}`, status, nextAt: undefined }),
        ),
      )
      assert.deepEqual(await ask('m1 F', 9), {
        due: 4,
        earliestAt: start - 5,
        scheduled: 2,
        retrying: 2,
        sending: 1,
        inDoubt: 2,
        failed: 2,
      })
      assert.deepEqual(await ask('a', 1, 3), {
        due: 2,
        earliestAt: start - 5,
        scheduled: 2,
        retrying: 1,
        sending: 1,
        inDoubt: 1,
        failed: 1,
      })
      const failed = await store.queue.listFailed({ before: 'z', limit: 2 })
      assert.deepEqual(idsOf(failed), ['m1 UNDELIVERED', 'm1 FAILED'])
      const rest = await store.queue.listFailed({ before: 'm1 FAILED', limit: 2 })
      assert.deepEqual(idsOf(rest), ['m1 EXPIRED'])
    })
  })

  describe('erasure', () => {
    it('takes one phone out of what is over', async (t) => {
      const store = await openFor(t, open)
      const phone = '+14155552671'
      await insertMessages(
        store,
        sampleMessage({ id: 'a', status: 'SENT', nextAt: undefined, metadata: { name: 'A' } }),
        inbound('b', { mediaUrls: ['https://example.com/1'] }),
        inbound('c', { fromPhone: '+14155550000', toPhone: phone }),
        sampleMessage({ id: 'd', toPhone: '+14155550000', fromPhone: phone, status: 'FAILED' }),
        sampleMessage({ id: 'e' }),
        sampleMessage({ id: 'f', status: 'SCHEDULED', toPhone: '+14155550000' }),
        sendingMessage({ id: 'm1' }),
      )
      const range = { first: 'a', last: 'm1' }
      const canceled = await store.erasure.cancelWaiting(range, phone, start + 5)
      assert.deepEqual(canceled, await store.messages.findMany(['e']))
      assert.equal(canceled[0]?.status, 'CANCELED')
      const others = await store.messages.findMany(['c', 'd', 'f', 'm1'])
      assert.deepEqual(await store.erasure.erase(range, phone), { erased: 3, left: 1 })
      assert.deepEqual(await store.messages.findMany(['c', 'd', 'f', 'm1']), others)
      for (const one of await store.messages.findMany(['a', 'b', 'e'])) {
        const theirs = one.direction === 'inbound' ? one.fromPhone : one.toPhone
        assert.deepEqual([theirs, one.message, one.mediaUrls], ['+1415*****71', '', []], one.id)
        assert.equal(one.metadata, undefined)
      }
      await store.verifications.insert(sampleVerification({ id: 'v', toPhone: phone }))
      await store.verifications.insert(sampleVerification({ id: 'w', toPhone: '+14155550000' }))
      assert.equal(await store.erasure.deleteVerifications(phone), 1)
      assert.equal((await store.verifications.find('w'))?.id, 'w')
    })
  })

  describe('audit', () => {
    it('keeps what was done, newest first, page by page', async (t) => {
      const store = await openFor(t, open)
      await store.audit.append([])
      await store.audit.append([entry('a', { word: 'it\'s "x"' }), entry('b')])
      await store.audit.append([entry('a')])
      const all = await store.audit.list({ limit: 9 })
      assert.deepEqual(
        all.map(({ actor, action, subject, detail, at }) => ({
          actor,
          action,
          subject,
          detail,
          at,
        })),
        [entry('a'), entry('b'), entry('a', { word: 'it\'s "x"' })],
      )
      assert.deepEqual(await store.audit.list({ before: all[0]?.id, limit: 1 }), [all[1]])
      assert.deepEqual(await store.audit.list({ subject: 'a', limit: 9 }), [all[0], all[2]])
    })

    it('keeps nothing of what is rolled back', async (t) => {
      const store = await openFor(t, open)
      const work = store.transaction(async (tables) => {
        await tables.audit.append([entry('a')])
        throw new Error('no')
      })
      await assert.rejects(work)
      assert.deepEqual(await store.audit.list({ limit: 9 }), [])
    })
  })
}
