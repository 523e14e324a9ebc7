import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  insertMessages,
  openFor,
  type OpenStore,
  sampleMessage,
  sampleMove,
  sendingMessage,
  start,
} from './samples.ts'

export function moveContract(open: OpenStore): void {
  describe('messages.requeue and doubt', () => {
    it('bring a message of that attempt back to the queue', async (t) => {
      const store = await openFor(t, open)
      await insertMessages(
        store,
        sendingMessage({ id: 'sending' }),
        sendingMessage({ id: 'doubtful', status: 'IN_DOUBT', errorCode: 1, lapses: 1 }),
      )
      const back = { attempts: 1, nextAt: start + 500, at: start + 9 }
      const moved = await store.messages.requeue([
        { ...back, id: 'sending', errorCode: 20_429, lapses: 0 },
        { ...back, id: 'doubtful', errorCode: undefined, lapses: 1 },
      ])
      assert.deepEqual(moved, new Set(['sending', 'doubtful']))
      for (const [id, errorCode, lapses] of [
        ['sending', 20_429, 0],
        ['doubtful', undefined, 1],
      ] as const) {
        const message = await store.messages.find(id)
        assert.deepEqual(
          [message?.status, message?.nextAt, message?.attempts, message?.errorCode],
          ['QUEUED', start + 500, 1, errorCode],
        )
        assert.equal(message?.lapses, lapses)
      }
      const claim = { now: start + 500, leaseUntil: start + 900, limit: 5 }
      assert.equal((await store.messages.claimDue(claim)).length, 2)
    })

    it('let a late worker move nothing that somebody else has taken over', async (t) => {
      const store = await openFor(t, open)
      const taken = sendingMessage({ id: 'a', attempts: 2 })
      await insertMessages(store, taken)
      const late = { id: 'a', attempts: 1, nextAt: start, at: start }
      const back = { ...late, errorCode: undefined, lapses: 0 }
      assert.deepEqual(await store.messages.requeue([back]), new Set())
      assert.deepEqual(await store.messages.doubt([late]), new Set())
      assert.deepEqual(await store.messages.find('a'), taken)
    })

    it('do not touch messages that are past it', async (t) => {
      const store = await openFor(t, open)
      await insertMessages(
        store,
        sampleMessage({ id: 'accepted', status: 'ACCEPTED', attempts: 1 }),
        sampleMessage({ id: 'queued', attempts: 1 }),
        sendingMessage({ id: 'doubtful', status: 'IN_DOUBT' }),
      )
      const move = { attempts: 1, nextAt: start, at: start, errorCode: undefined, lapses: 0 }
      const requeued = await store.messages.requeue(
        ['accepted', 'queued'].map((id) => ({ ...move, id })),
      )
      const doubted = await store.messages.doubt(
        ['accepted', 'queued', 'doubtful'].map((id) => ({ ...move, id })),
      )
      assert.deepEqual([...requeued, ...doubted], [])
    })

    it('put a call without an outcome in doubt', async (t) => {
      const store = await openFor(t, open)
      await insertMessages(store, sendingMessage({ id: 'a' }))
      const move = { id: 'a', attempts: 1, nextAt: start + 60_000, at: start + 9 }
      assert.deepEqual(await store.messages.doubt([move]), new Set(['a']))
      const message = await store.messages.find('a')
      assert.deepEqual([message?.status, message?.nextAt], ['IN_DOUBT', start + 60_000])
    })
  })

  describe('messages.correct', () => {
    it('replaces one final status by another one', async (t) => {
      const store = await openFor(t, open)
      await insertMessages(store, sampleMessage({ id: 'a', status: 'FAILED', errorCode: 30_003 }))
      const move = sampleMove({ id: 'a', status: 'DELIVERED' })
      assert.equal(await store.messages.correct(move), true)
      const message = await store.messages.find('a')
      assert.deepEqual([message?.status, message?.errorCode], ['DELIVERED', undefined])
      assert.equal(await store.messages.correct(move), false)
    })

    it('changes nothing that is not final, and makes nothing unfinished', async (t) => {
      const store = await openFor(t, open)
      await insertMessages(
        store,
        sampleMessage({ id: 'sent', status: 'SENT' }),
        sampleMessage({ id: 'read', status: 'READ' }),
        sampleMessage({ id: 'failed', status: 'FAILED' }),
        sendingMessage({ id: 'sending' }),
      )
      const tries = [
        sampleMove({ id: 'sent', status: 'FAILED' }),
        sampleMove({ id: 'read', status: 'DELIVERED' }),
        sampleMove({ id: 'failed', status: 'SENT' }),
        sampleMove({ id: 'sending', status: 'IN_DOUBT' }),
      ]
      for (const move of tries) assert.equal(await store.messages.correct(move), false)
    })
  })

  describe('messages.planPolls and fillIn', () => {
    it('plan the next question and nothing else', async (t) => {
      const store = await openFor(t, open)
      const sent = sampleMessage({ id: 'sent', status: 'SENT' })
      const doubtful = sampleMessage({ id: 'doubtful', status: 'IN_DOUBT' })
      await insertMessages(store, sent, doubtful)
      await store.messages.planPolls([
        { id: 'sent', nextAt: undefined, polls: 4 },
        { id: 'doubtful', nextAt: start + 5, polls: 1 },
      ])
      assert.deepEqual(await store.messages.findMany(['sent', 'doubtful']), [
        { ...sent, nextAt: undefined, polls: 4 },
        { ...doubtful, nextAt: start + 5, polls: 1 },
      ])
    })

    it('leave due times and leases alone', async (t) => {
      const store = await openFor(t, open)
      const rows = [sampleMessage({ id: 'queued' }), sendingMessage({ id: 'sending' })]
      await insertMessages(store, ...rows)
      await store.messages.planPolls(rows.map(({ id }) => ({ id, nextAt: undefined, polls: 1 })))
      assert.deepEqual(await store.messages.findMany(['queued', 'sending']), rows)
    })

    it('add what was told late without moving the message', async (t) => {
      const store = await openFor(t, open)
      const before = sampleMessage({ id: 'a', status: 'DELIVERED', fromPhone: '+14155550000' })
      await insertMessages(store, before)
      const late = { providerMsgId: 'SM1', price: '-0.01', priceUnit: 'USD', errorCode: 30_008 }
      await store.messages.fillIn([{ id: 'a', at: start + 9, ...late }])
      const expected = { ...before, ...late, updatedAt: start + 9 }
      assert.deepEqual(await store.messages.find('a'), expected)
    })
  })
}
