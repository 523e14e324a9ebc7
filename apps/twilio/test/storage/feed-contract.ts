import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { FeedPlace } from '../../src/storage/event-stores.ts'
import type { Store } from '../../src/storage/store.ts'
import {
  insertMessages,
  openFor,
  type OpenStore,
  sampleEvent,
  sampleMessage,
  start,
} from './samples.ts'

/** Everything behind a place, two at a time, and the place where it ends. */
async function follow(store: Store, from: FeedPlace): Promise<{ types: string[]; at: FeedPlace }> {
  const types: string[] = []
  let at = from
  for (;;) {
    const rows = await store.feed.messages(at, 2)
    types.push(...rows.map(({ event }) => `${event?.type}`))
    at = rows.at(-1)?.place ?? at
    if (rows.length === 0) return { types, at }
  }
}

export function feedContract(open: OpenStore): void {
  const withMessage = async (store: Store, id: string) => {
    await insertMessages(store, sampleMessage({ id, fromPhone: 'Shop', metadata: { order: '7' } }))
  }

  describe('feed.messages', () => {
    it('answers what moved a message and hosts are told of, from any place on', async (t) => {
      const store = await openFor(t, open)
      await withMessage(store, 'm1')
      const before = (await store.feed.end()).messages
      const statuses = ['QUEUED', 'SENDING', 'ACCEPTED', 'QUEUED', 'SENT', 'DELIVERED'] as const
      for (const status of statuses) {
        await store.events.append([sampleEvent({ status })])
        await store.events.append([sampleEvent({ status, applied: false })])
      }
      const { types, at } = await follow(store, before)
      assert.deepEqual(types, ['message.accepted', 'message.sent', 'message.delivered'])
      await store.events.append([sampleEvent({ status: 'READ' })])
      assert.deepEqual((await follow(store, at)).types, ['message.read'])
      const { messages: end } = await store.feed.end()
      assert.deepEqual((await follow(store, end)).types, [])
    })

    it('goes past an event whose message is gone', async (t) => {
      const store = await openFor(t, open)
      await withMessage(store, 'm1')
      const before = (await store.feed.end()).messages
      await store.events.append([sampleEvent({ messageId: 'm2' }), sampleEvent({})])
      assert.deepEqual((await follow(store, before)).types, ['undefined', 'message.sent'])
    })

    it('comes by an event once more when it turns out to have moved its message', async (t) => {
      const store = await openFor(t, open)
      await withMessage(store, 'm1')
      const before = (await store.feed.end()).messages
      const early = sampleEvent({
        messageId: undefined,
        providerMsgId: 'SM1',
        status: 'DELIVERED',
        applied: false,
        dedupeKey: 'sms:msg:SM1:delivered',
      })
      await store.events.append([early, sampleEvent({ status: 'ACCEPTED' })])
      const { types, at } = await follow(store, before)
      assert.deepEqual(types, ['message.accepted'])
      await store.transaction(async ({ events }) => {
        await events.adopt([{ providerMsgId: 'SM1', messageId: 'm1' }])
        await events.confirm('m1', 'DELIVERED')
      })
      assert.deepEqual((await follow(store, at)).types, ['message.delivered'])
      const kept = await store.events.list('m1')
      assert.deepEqual(
        kept.map(({ status, applied }) => [status, applied]),
        [
          ['ACCEPTED', true],
          ['DELIVERED', true],
        ],
      )
      // A repetition of the callback is still known.
      assert.deepEqual(await store.events.append([{ ...early, messageId: 'm1' }]), [false])
    })
  })

  describe('feed.find', () => {
    it('answers events by their ids, with what is known of their messages', async (t) => {
      const store = await openFor(t, open)
      await withMessage(store, 'm1')
      await store.events.append([sampleEvent({ errorCode: 30_003, status: 'UNDELIVERED' })])
      const [event] = await store.events.list('m1')
      const id = `evt_m_${event?.id}`
      assert.deepEqual(await store.feed.find([id, 'evt_m_99999', 'evt_v_1', 'nonsense']), [
        {
          id,
          type: 'message.undelivered',
          createdAt: start,
          data: {
            messageId: 'm1',
            status: 'UNDELIVERED',
            toPhone: '+14155552671',
            fromPhone: 'Shop',
            providerMsgId: undefined,
            errorCode: 30_003,
            detail: undefined,
            verificationId: undefined,
            metadata: { order: '7' },
          },
        },
      ])
    })
  })

  describe('verification events', () => {
    const event = { nth: 0, toPhone: '+14155552671', purpose: 'verify', channel: 'sms' } as const
    const one = { ...event, verificationId: 'v1', kind: 'approved', createdAt: start } as const

    it('happen once, and are kept in their order until they are swept', async (t) => {
      const store = await openFor(t, open)
      const before = (await store.feed.end()).verifications
      const begun = { ...one, kind: 'started', nth: 1 } as const
      assert.equal(await store.verificationEvents.newestId(), 0)
      await store.verificationEvents.append([begun, one])
      await store.verificationEvents.append([one, { ...one, createdAt: start + 9 }])
      assert.deepEqual(await store.verificationEvents.list('v1'), [begun, one])
      const rows = await store.feed.verifications(before, 9)
      const types = rows.map((row) => row.event?.type)
      assert.deepEqual(types, ['verification.started', 'verification.approved'])
      const last = rows.at(-1)?.event
      assert.deepEqual(await store.feed.find([last?.id ?? '']), [last])
      assert.ok((await store.verificationEvents.newestId()) >= 2)
      assert.equal(await store.verificationEvents.sweep(start, 9), 0)
      assert.equal(await store.verificationEvents.sweep(start + 1, 9), 2)
    })
  })

  describe('cursors.move', () => {
    it('moves a cursor only from where the caller thinks that it is', async (t) => {
      const { cursors } = await openFor(t, open)
      await cursors.begin('events:a', '1', start)
      await cursors.begin('events:a', '9', start)
      const step = { from: '1', to: '2', at: start }
      assert.deepEqual(
        await Promise.all([cursors.move('events:a', step), cursors.move('events:a', step)]),
        [true, false],
      )
      assert.equal(await cursors.move('events:b', step), false)
      assert.equal(await cursors.read('events:a'), '2')
    })
  })
}
