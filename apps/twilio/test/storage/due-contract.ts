import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  idsOf,
  insertMessages,
  openFor,
  type OpenStore,
  sampleMessage,
  sendingMessage,
  start,
} from './samples.ts'

/** What the worker looks after besides sending. */
export function dueContract(open: OpenStore): void {
  describe('messages.expireDue', () => {
    it('ends waiting messages past their end, whenever they are due', async (t) => {
      const store = await openFor(t, open)
      await insertMessages(
        store,
        sampleMessage({ id: 'retry later', expiresAt: start, nextAt: start + 9_000 }),
        sampleMessage({ id: 'in time', expiresAt: start + 1 }),
        sendingMessage({ id: 'sending', expiresAt: start }),
      )
      const [ended, ...others] = await store.messages.expireDue(start, 10)
      assert.deepEqual(idsOf(others), [])
      assert.equal(ended?.id, 'retry later')
      assert.equal(ended.status, 'EXPIRED')
      assert.equal(ended.nextAt, undefined)
      assert.equal(ended.lastEventTime, start)
      assert.deepEqual(await store.messages.expireDue(start, 10), [])
    })

    it('ends no more than asked', async (t) => {
      const store = await openFor(t, open)
      const ids = ['a', 'b', 'c']
      await insertMessages(store, ...ids.map((id) => sampleMessage({ id, expiresAt: start })))
      assert.equal((await store.messages.expireDue(start, 2)).length, 2)
      assert.equal((await store.messages.expireDue(start, 2)).length, 1)
    })
  })

  describe('messages.doubtLapsed', () => {
    it('puts messages whose lease is over in doubt', async (t) => {
      const store = await openFor(t, open)
      await insertMessages(
        store,
        sendingMessage({ id: 'lapsed', nextAt: start }),
        sendingMessage({ id: 'running', nextAt: start + 1 }),
        sampleMessage({ id: 'queued' }),
      )
      const [lapsed, ...others] = await store.messages.doubtLapsed(start, start + 60_000, 10)
      assert.deepEqual(idsOf(others), [])
      assert.deepEqual(
        [lapsed?.id, lapsed?.status, lapsed?.nextAt, lapsed?.attempts],
        ['lapsed', 'IN_DOUBT', start + 60_000, 1],
      )
      assert.deepEqual(idsOf(await store.messages.listDoubtful(start + 59_999, 10)), [])
      assert.deepEqual(idsOf(await store.messages.listDoubtful(start + 60_000, 10)), ['lapsed'])
    })
  })

  describe('messages.doubtUnfinished', () => {
    it('doubts what a backup may be wrong about, once, as of when it was accepted', async (t) => {
      const store = await openFor(t, open)
      const now = start + 9_000
      await insertMessages(
        store,
        sampleMessage({ id: 'a queued', nextAt: now + 60_000 }),
        sendingMessage({ id: 'b sending', attempts: 2, attemptedAt: start + 5, lapses: 1 }),
        sendingMessage({
          id: 'c in doubt',
          status: 'IN_DOUBT',
          attemptedAt: start + 5,
          nextAt: now + 60_000,
        }),
        sampleMessage({ id: 'd was due', status: 'SCHEDULED', nextAt: now }),
        sampleMessage({ id: 'e planned', status: 'SCHEDULED', nextAt: now + 1 }),
        sampleMessage({ id: 'f sent', status: 'SENT' }),
        sampleMessage({ id: 'g ended', status: 'EXPIRED', nextAt: undefined }),
      )
      const settleAt = now + 60_000
      const ask = (after: string) =>
        store.messages.doubtUnfinished({ now, settleAt, after, limit: 3 })
      const first = await ask('')
      assert.deepEqual(idsOf(first), ['a queued', 'b sending', 'c in doubt'])
      const rest = await ask('c in doubt')
      assert.deepEqual(idsOf(rest), ['d was due'])
      const places = [...first, ...rest].map((one) => {
        const { status, attempts, attemptedAt, nextAt, lapses } = one
        return { status, attempts, attemptedAt, nextAt, lapses }
      })
      const doubted = (attempts: number, lapses = 0) => {
        return { status: 'IN_DOUBT', attempts, attemptedAt: start, nextAt: settleAt, lapses }
      }
      assert.deepEqual(places, [doubted(1), doubted(2, 1), doubted(1), doubted(1)])
      assert.deepEqual(await ask(''), [])
    })
  })

  describe('messages.listUnsettled', () => {
    it('lists what the carrier has and is due to be asked about, longest due first', async (t) => {
      const store = await openFor(t, open)
      await insertMessages(
        store,
        sampleMessage({ id: 'sent', status: 'SENT', nextAt: start }),
        sampleMessage({ id: 'accepted', status: 'ACCEPTED', nextAt: start - 1 }),
        sampleMessage({ id: 'disputed', status: 'FAILED', nextAt: start - 2 }),
        sampleMessage({ id: 'later', status: 'SENT', nextAt: start + 1 }),
        sampleMessage({ id: 'done', status: 'DELIVERED', nextAt: undefined }),
        sampleMessage({ id: 'queued' }),
        sendingMessage({ id: 'sending', nextAt: start }),
      )
      const due = await store.messages.listUnsettled(start, 10)
      assert.deepEqual(idsOf(due), ['disputed', 'accepted', 'sent'])
      assert.deepEqual(idsOf(await store.messages.listUnsettled(start, 1)), ['disputed'])
    })
  })

  describe('messages.nextDue and queueFacts', () => {
    it('know the earliest moment at which there is something to send', async (t) => {
      const store = await openFor(t, open)
      assert.equal(await store.messages.nextDue(), undefined)
      // What others look after would wake the sender for nothing, again and again.
      await insertMessages(
        store,
        sampleMessage({ id: 'poll', status: 'SENT', nextAt: start }),
        sampleMessage({ id: 'settle', status: 'IN_DOUBT', nextAt: start }),
        sendingMessage({ id: 'lease', nextAt: start }),
      )
      assert.equal(await store.messages.nextDue(), undefined)
      const steps = [
        sampleMessage({ id: 'message', nextAt: start + 900 }),
        sampleMessage({ id: 'bulk', nextAt: start + 700, priority: 0 }),
        sampleMessage({ id: 'code', nextAt: start + 600, priority: 2 }),
      ]
      for (const message of steps) {
        await insertMessages(store, message)
        assert.equal(await store.messages.nextDue(), message.nextAt)
      }
    })

    it('count what is due and what is in doubt', async (t) => {
      const store = await openFor(t, open)
      const nothing = { waiting: 0, inDoubt: 0, oldestDueAt: undefined }
      assert.deepEqual(await store.messages.queueFacts(start), nothing)
      await insertMessages(
        store,
        sampleMessage({ id: 'a', nextAt: start }),
        sampleMessage({ id: 'b', nextAt: start - 7, priority: 0 }),
        sampleMessage({ id: 'c', nextAt: start + 1 }),
        sampleMessage({ id: 'd', status: 'IN_DOUBT' }),
        sampleMessage({ id: 'e', status: 'SENT' }),
      )
      const facts = { waiting: 2, inDoubt: 1, oldestDueAt: start - 7 }
      assert.deepEqual(await store.messages.queueFacts(start), facts)
    })
  })
}
