import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { maskPhone } from '../../src/domain/phone.ts'
import type { Store } from '../../src/storage/store.ts'
import {
  insertMessages,
  openFor,
  type OpenStore,
  sampleEvent,
  sampleMessage,
  sampleVerification,
  sendingMessage,
  start,
} from './samples.ts'

const everything = { first: '', last: 'z' }

/** One message a state; the ids sort in this order. */
async function fillStore(store: Store): Promise<void> {
  const delivered = { status: 'DELIVERED', metadata: { order: '17' } } as const
  await insertMessages(
    store,
    sampleMessage({ id: 'a delivered', ...delivered, nextAt: undefined }),
    sampleMessage({ id: 'b unpriced', ...delivered, nextAt: start }),
    sampleMessage({
      id: 'c inbound',
      status: 'RECEIVED',
      direction: 'inbound',
      fromPhone: '+1415',
    }),
    sampleMessage({ id: 'd queued' }),
    sendingMessage({ id: 'e sending' }),
    sampleMessage({ id: 'f silent', status: 'SENT', nextAt: start }),
    sampleMessage({ id: 'g given up', status: 'SENT', nextAt: undefined }),
  )
}

const over = ['a delivered', 'b unpriced', 'c inbound', 'g given up']
const open = ['d queued', 'e sending', 'f silent']

/** What a store forgets, and what it keeps. */
export function retentionContract(openStore: OpenStore): void {
  describe('retention.nextRange', () => {
    it('cuts the messages into pieces and tells where the first open one is', async (t) => {
      const store = await openFor(t, openStore)
      assert.equal(await store.retention.nextRange({ after: '', before: 'z', limit: 9 }), undefined)
      await fillStore(store)
      const nextRange: typeof store.retention.nextRange = (query) =>
        store.retention.nextRange(query)
      assert.deepEqual(await nextRange({ after: '', before: 'z', limit: 3 }), {
        first: 'a delivered',
        last: 'c inbound',
        seen: 3,
        firstOpen: undefined,
      })
      assert.deepEqual(await nextRange({ after: 'c inbound', before: 'f silent', limit: 3 }), {
        first: 'd queued',
        last: 'e sending',
        seen: 2,
        firstOpen: 'd queued',
      })
    })
  })

  describe('retention.clearTexts', () => {
    it('empties what is over, and nothing else of it', async (t) => {
      const store = await openFor(t, openStore)
      await fillStore(store)
      const before = await store.messages.findMany([...over, ...open])
      assert.equal(await store.retention.clearTexts(everything), over.length)
      assert.deepEqual(
        await store.messages.findMany([...over, ...open]),
        before.map((message) =>
          over.includes(message.id) ? { ...message, message: '', metadata: undefined } : message,
        ),
      )
      assert.equal(await store.retention.clearTexts(everything), 0)
    })

    it('empties a single message', async (t) => {
      const store = await openFor(t, openStore)
      await fillStore(store)
      const id = 'b unpriced'
      assert.equal(await store.retention.clearTexts({ first: id, last: id }), 1)
      const texts = (await store.messages.findMany(over)).map(({ message }) => message)
      assert.deepEqual(texts.map(Boolean), [true, false, true, true])
    })
  })

  describe('retention.maskPhones', () => {
    it('masks the other side of what is over, as everywhere else', async (t) => {
      const store = await openFor(t, openStore)
      await fillStore(store)
      const phones = ['+46701234567', '+1234567', '+123456789012345', 'whatsapp:+14155552671']
      await insertMessages(
        store,
        ...phones.map((toPhone) =>
          sampleMessage({ id: toPhone, toPhone, fromPhone: '+14155550000', status: 'FAILED' }),
        ),
      )
      assert.equal(await store.retention.maskPhones(everything), over.length + phones.length)
      for (const { id, toPhone, fromPhone } of await store.messages.findMany(phones)) {
        assert.deepEqual([toPhone, fromPhone], [maskPhone(id), '+14155550000'])
      }
      const [inbound, queued] = await store.messages.findMany(['c inbound', 'd queued'])
      assert.deepEqual([inbound?.fromPhone, inbound?.toPhone], ['*****', '+14155552671'])
      assert.equal(queued?.toPhone, '+14155552671')
      assert.equal(await store.retention.maskPhones(everything), 0)
    })
  })

  describe('retention.clearKeys', () => {
    it('forgets keys of messages in any state', async (t) => {
      const store = await openFor(t, openStore)
      const message = sampleMessage({ id: 'a' })
      await store.messages.insert([{ message, idempotencyKey: 'k', requestHash: 'h' }])
      assert.equal((await store.messages.findKeyUses(['k'], 0)).length, 1)
      assert.equal(await store.retention.clearKeys(everything), 1)
      assert.equal((await store.messages.findKeyUses(['k'], 0)).length, 0)
      assert.equal(await store.retention.clearKeys(everything), 0)
    })
  })

  describe('retention.deleteVerifications', () => {
    it('deletes what has ended or expired, the oldest first', async (t) => {
      const store = await openFor(t, openStore)
      const ended = { status: 'approved', endedAt: start } as const
      for (const verification of [
        sampleVerification({ id: 'a', ...ended, expiresAt: start + 9 }),
        sampleVerification({ id: 'b', expiresAt: start + 9 }),
        sampleVerification({ id: 'c', expiresAt: start }),
        sampleVerification({ id: 'd', ...ended }),
        sampleVerification({ id: 'e', ...ended }),
      ])
        await store.verifications.insert(verification)
      const old = { before: 'e', now: start, limit: 2 }
      assert.equal(await store.retention.deleteVerifications(old), 2)
      assert.equal(await store.retention.deleteVerifications(old), 1)
      const left = await Promise.all(
        ['a', 'b', 'c', 'd', 'e'].map((id) => store.verifications.find(id)),
      )
      assert.deepEqual(
        left.flatMap((one) => one?.id ?? []),
        ['b', 'e'],
      )
    })
  })

  describe('retention.deleteMessages', () => {
    it('deletes what is over with its events, the oldest first', async (t) => {
      const store = await openFor(t, openStore)
      await fillStore(store)
      await store.events.append(
        ['a delivered', 'd queued', 'g given up'].map((messageId) => sampleEvent({ messageId })),
      )
      assert.equal(await store.retention.deleteMessages({ before: 'g given up', limit: 2 }), 2)
      assert.equal(await store.retention.deleteMessages({ before: 'g given up', limit: 2 }), 1)
      const left = await store.messages.findMany([...over, ...open])
      assert.deepEqual(
        left.map(({ id }) => id),
        ['g given up', ...open],
      )
      const counts = await Promise.all(
        ['a delivered', 'd queued', 'g given up'].map(
          async (id) => (await store.events.list(id)).length,
        ),
      )
      assert.deepEqual(counts, [0, 1, 1])
    })
  })

  describe('scrub', () => {
    it('is done where nobody else reads', async (t) => {
      const store = await openFor(t, openStore)
      assert.equal(await store.scrub(), true)
    })
  })
}
