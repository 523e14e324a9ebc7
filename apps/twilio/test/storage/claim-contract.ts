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

const claim = (limit = 10) => ({ now: start + 100, leaseUntil: start + 30_100, limit })

const due = (id: string, priority: 0 | 1 | 2, age: number) =>
  sampleMessage({ id, priority, nextAt: start - age, createdAt: start - age })

export function claimContract(open: OpenStore): void {
  describe('messages.claimDue', () => {
    it('makes a due message SENDING, counts the attempt and sets the lease', async (t) => {
      const store = await openFor(t, open)
      const due = sampleMessage({ id: 'a' })
      await insertMessages(store, due)
      const claimed = {
        ...due,
        status: 'SENDING',
        attempts: 1,
        attemptedAt: start + 100,
        nextAt: start + 30_100,
        updatedAt: start + 100,
      }
      assert.deepEqual(await store.messages.claimDue(claim()), [claimed])
      assert.deepEqual(await store.messages.find('a'), claimed)
      assert.deepEqual(await store.messages.claimDue(claim()), [])
    })

    it('takes the most urgent first, then the longest due', async (t) => {
      const store = await openFor(t, open)
      await insertMessages(
        store,
        due('bulk', 0, 900),
        due('new', 1, 1),
        due('code', 2, 2),
        due('old', 1, 800),
        due('first code', 2, 3),
      )
      assert.deepEqual(idsOf(await store.messages.claimDue(claim(3))), [
        'first code',
        'code',
        'old',
      ])
      assert.deepEqual(idsOf(await store.messages.claimDue(claim())), ['new', 'bulk'])
    })

    it('takes the longest due of a priority, whenever it was made', async (t) => {
      const store = await openFor(t, open)
      await insertMessages(
        store,
        sampleMessage({ id: '1 made first', createdAt: start - 9, nextAt: start }),
        sampleMessage({ id: '2 due first', createdAt: start - 1, nextAt: start - 1 }),
      )
      assert.deepEqual(idsOf(await store.messages.claimDue(claim(1))), ['2 due first'])
    })

    it('leaves what is not due, past its end, running, or final', async (t) => {
      const store = await openFor(t, open)
      const { now } = claim()
      await insertMessages(
        store,
        sampleMessage({ id: 'later', status: 'SCHEDULED', nextAt: now + 1 }),
        sampleMessage({ id: 'now', status: 'SCHEDULED', nextAt: now }),
        sampleMessage({ id: 'ended', expiresAt: now }),
        sampleMessage({ id: 'ending', expiresAt: now + 1 }),
        sendingMessage({ id: 'sending', nextAt: start }),
        sampleMessage({ id: 'doubtful', status: 'IN_DOUBT' }),
        sampleMessage({ id: 'accepted', status: 'ACCEPTED' }),
        sampleMessage({ id: 'canceled', status: 'CANCELED' }),
      )
      const claimed = idsOf(await store.messages.claimDue(claim()))
      assert.deepEqual(claimed.toSorted(), ['ending', 'now'])
    })

    it('gives no message to two callers', async (t) => {
      const store = await openFor(t, open)
      const ids = Array.from({ length: 100 }, (_, i) => `m${String(i).padStart(3, '0')}`)
      await insertMessages(store, ...ids.map((id) => sampleMessage({ id })))
      const claims = await Promise.all(
        Array.from({ length: 12 }, (_, i) =>
          i % 2 === 0
            ? store.messages.claimDue(claim(9))
            : store.transaction((tables) => tables.messages.claimDue(claim(9))),
        ),
      )
      assert.deepEqual(idsOf(claims.flat()).toSorted(), ids)
    })
  })

  describe('messages.release', () => {
    it('undoes a claim', async (t) => {
      const store = await openFor(t, open)
      const due = sampleMessage({ id: 'a' })
      await insertMessages(store, due)
      const claimed = await store.messages.claimDue(claim())
      await store.messages.release(claimed, start + 200)
      assert.deepEqual(await store.messages.find('a'), { ...due, updatedAt: start + 200 })
      assert.deepEqual(idsOf(await store.messages.claimDue(claim())), ['a'])
    })

    it('makes a planned message planned again', async (t) => {
      const store = await openFor(t, open)
      const sendAt = start + 50
      const due = sampleMessage({ id: 'a', status: 'SCHEDULED', sendAt, nextAt: sendAt })
      await insertMessages(store, due)
      await store.messages.release(await store.messages.claimDue(claim()), start + 200)
      assert.deepEqual(await store.messages.find('a'), { ...due, updatedAt: start + 200 })
    })

    it('gives a later attempt back for now', async (t) => {
      const store = await openFor(t, open)
      await insertMessages(store, sampleMessage({ id: 'a', attempts: 2 }))
      await store.messages.release(await store.messages.claimDue(claim()), start + 200)
      const message = await store.messages.find('a')
      assert.deepEqual(
        [message?.status, message?.attempts, message?.nextAt],
        ['QUEUED', 2, start + 200],
      )
    })

    it('puts a message off, planned ones too, and counts it', async (t) => {
      const store = await openFor(t, open)
      const sendAt = start + 50
      const due = sampleMessage({ id: 'a', polls: 1 })
      const planned = sampleMessage({ id: 'b', status: 'SCHEDULED', sendAt, nextAt: sendAt })
      await insertMessages(store, due, planned, sampleMessage({ id: 'c' }))
      const claimed = await store.messages.claimDue(claim())
      const nextAtOf = new Map([
        ['a', start + 700],
        ['b', start + 800],
      ])
      await store.messages.release(
        claimed.map(({ id, attempts }) => ({ id, attempts, putOffUntil: nextAtOf.get(id) })),
        start + 200,
      )
      const updatedAt = start + 200
      assert.deepEqual(await store.messages.findMany(['a', 'b', 'c']), [
        { ...due, nextAt: start + 700, polls: 2, updatedAt },
        { ...planned, nextAt: start + 800, polls: 1, updatedAt },
        { ...sampleMessage({ id: 'c' }), updatedAt },
      ])
    })

    it('does not touch what somebody else has claimed since, nor what was decided', async (t) => {
      const store = await openFor(t, open)
      const taken = sendingMessage({ id: 'taken', attempts: 2 })
      const doubtful = sendingMessage({ id: 'doubtful', status: 'IN_DOUBT' })
      await insertMessages(store, taken, doubtful)
      const claims = ['taken', 'doubtful'].map((id) => ({ id, attempts: 1 }))
      await store.messages.release(claims, start + 200)
      assert.deepEqual(await store.messages.findMany(['taken', 'doubtful']), [taken, doubtful])
    })
  })
}
