import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { messageStatuses, rankOf } from '../../src/domain/message.ts'
import {
  insertMessages,
  openFor,
  type OpenStore,
  sampleMessage,
  sampleMove,
  sendingMessage,
  start,
} from './samples.ts'

export function advanceContract(open: OpenStore): void {
  describe('messages.complete', () => {
    it('moves what stands as its claim left it, and nothing else', async (t) => {
      const store = await openFor(t, open)
      const attempts = 2
      const known = { providerMsgId: 'SM0' }
      await insertMessages(
        store,
        sendingMessage({ id: 'left', attempts }),
        sendingMessage({ id: 'again', attempts: 3 }),
        sendingMessage({ id: 'known', attempts, ...known }),
        sampleMessage({ id: 'doubt', status: 'IN_DOUBT', attempts }),
        sampleMessage({ id: 'back', status: 'QUEUED', attempts }),
      )
      const ids = ['left', 'again', 'known', 'doubt', 'back']
      const before = await store.messages.findMany(ids)
      const moves = ids.map((id, i) => {
        const facts = { providerMsgId: `SM${i + 1}`, numSegments: 2, nextAt: start + 60_000 }
        return { ...sampleMove({ id, status: 'ACCEPTED', ...facts }), attempts }
      })
      assert.deepEqual(await store.messages.complete(moves), new Set(['left']))
      const [left, ...others] = await store.messages.findMany(ids)
      assert.deepEqual(
        [left?.status, left?.providerMsgId, left?.numSegments, left?.nextAt],
        ['ACCEPTED', 'SM1', 2, start + 60_000],
      )
      assert.deepEqual(others, before.slice(1))
    })
  })

  describe('messages.advance', () => {
    it('writes the new place and what the carrier told', async (t) => {
      const store = await openFor(t, open)
      const before = sendingMessage({ id: 'a', polls: 3 })
      await insertMessages(store, before)
      const facts = {
        providerMsgId: 'SM1',
        fromPhone: '+14155550000',
        numSegments: 2,
        price: '-0.0075',
        priceUnit: 'USD',
      }
      const move = { id: 'a', status: 'ACCEPTED', nextAt: start + 60_000, at: start + 5 } as const
      assert.deepEqual(await store.messages.advance([{ ...move, ...facts }]), new Set(['a']))
      assert.deepEqual(await store.messages.find('a'), {
        ...before,
        ...facts,
        status: 'ACCEPTED',
        nextAt: start + 60_000,
        polls: 0,
        lastEventTime: start + 5,
        updatedAt: start + 5,
      })
    })

    it('keeps facts that are left out and a carrier id that is known', async (t) => {
      const store = await openFor(t, open)
      const facts = { providerMsgId: 'SM1', fromPhone: '+14155550000', price: '-1', numSegments: 4 }
      await insertMessages(store, sampleMessage({ id: 'a', status: 'SENT', ...facts }))
      const move = sampleMove({ id: 'a', status: 'DELIVERED', providerMsgId: 'SM2', price: '-2' })
      await store.messages.advance([move])
      const after = await store.messages.find('a')
      assert.deepEqual(
        [after?.providerMsgId, after?.fromPhone, after?.price, after?.numSegments],
        ['SM1', '+14155550000', '-2', 4],
      )
    })

    it('lets the error code go with the status', async (t) => {
      const store = await openFor(t, open)
      await insertMessages(store, sendingMessage({ id: 'a', errorCode: 20_429 }))
      await store.messages.advance([sampleMove({ id: 'a', status: 'ACCEPTED' })])
      assert.equal((await store.messages.find('a'))?.errorCode, undefined)
      await store.messages.advance([sampleMove({ id: 'a', status: 'FAILED', errorCode: 30_003 })])
      assert.equal((await store.messages.find('a'))?.errorCode, 30_003)
    })

    it('changes nothing at the same or a lower rank', async (t) => {
      const store = await openFor(t, open)
      const sent = sampleMessage({ id: 'sent', status: 'SENT' })
      const failed = sampleMessage({ id: 'failed', status: 'FAILED' })
      await insertMessages(store, sent, failed)
      const moved = await store.messages.advance([
        sampleMove({ id: 'sent', status: 'ACCEPTED', price: '-1' }),
        sampleMove({ id: 'sent', status: 'SENT' }),
        sampleMove({ id: 'failed', status: 'DELIVERED', errorCode: 1 }),
        sampleMove({ id: 'nobody', status: 'READ' }),
      ])
      assert.deepEqual(moved, new Set())
      assert.deepEqual(await store.messages.findMany(['sent', 'failed']), [sent, failed])
    })

    it('lets only one of many rivals move a message', async (t) => {
      const store = await openFor(t, open)
      await insertMessages(store, sendingMessage({ id: 'a' }))
      const moves = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          store.messages.advance([
            sampleMove({ id: 'a', status: i % 2 === 0 ? 'DELIVERED' : 'FAILED' }),
          ]),
        ),
      )
      assert.equal(moves.filter((moved) => moved.has('a')).length, 1)
    })

    it('takes several moves of one message in their order', async (t) => {
      const store = await openFor(t, open)
      await insertMessages(store, sendingMessage({ id: 'a' }))
      const statuses = ['ACCEPTED', 'DELIVERED', 'SENT', 'FAILED'] as const
      const moved = await store.messages.advance(
        statuses.map((status) => sampleMove({ id: 'a', status, providerMsgId: `SM ${status}` })),
      )
      assert.deepEqual(moved, new Set(['a']))
      const message = await store.messages.find('a')
      assert.deepEqual([message?.status, message?.providerMsgId], ['DELIVERED', 'SM ACCEPTED'])
    })

    it('never lowers a rank, whatever comes in whatever order', async (t) => {
      const store = await openFor(t, open)
      let count = 0
      const group = fc.array(fc.constantFrom(...messageStatuses), { minLength: 1, maxLength: 4 })
      await fc.assert(
        fc.asyncProperty(fc.array(group, { maxLength: 8 }), async (groups) => {
          const id = `m${count++}`
          await insertMessages(store, sampleMessage({ id }))
          let expected = 0
          for (const statuses of groups) {
            const best = Math.max(...statuses.map((status) => rankOf[status]))
            const moved = await store.messages.advance(
              statuses.map((status) => sampleMove({ id, status })),
            )
            assert.equal(moved.has(id), best > expected)
            expected = Math.max(expected, best)
            const now = await store.messages.find(id)
            assert.equal(now && rankOf[now.status], expected)
          }
        }),
        { numRuns: 100 },
      )
    })
  })
}
