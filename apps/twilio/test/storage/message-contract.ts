import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Message } from '../../src/domain/message.ts'
import { idsOf, insertMessages, openFor, type OpenStore, sampleMessage, start } from './samples.ts'

const full: Message = {
  id: 'full',
  channel: 'sms',
  direction: 'inbound',
  toPhone: '+14155550000',
  fromPhone: '+14155552671',
  messagingServiceSid: 'MG0123456789abcdef0123456789abcdef',
  message: 'Straße 😀 \'quoted\' "twice"\nnew line',
  mediaUrls: ['https://example.com/1', "https://example.com/it's?a=1"],
  status: 'RECEIVED',
  providerMsgId: 'SM1',
  errorCode: 30_003,
  numSegments: 2,
  price: '-0.00750',
  priceUnit: 'USD',
  priority: 2,
  verificationId: 'v1',
  metadata: { order: '17', __proto__x: 'y', empty: '' },
  resendOf: 'older',
  sendAt: start + 1,
  expiresAt: start + 2,
  attempts: 3,
  attemptedAt: start + 4,
  nextAt: start + 5,
  polls: 6,
  lapses: 2,
  lastEventTime: start + 7,
  createdAt: start + 8,
  updatedAt: start + 9,
}

const withKey = (id: string, idempotencyKey: string, createdAt = start) => ({
  message: sampleMessage({ id, createdAt }),
  idempotencyKey,
  requestHash: `hash of ${id}`,
})

export function messageContract(open: OpenStore): void {
  describe('messages.insert and find', () => {
    it('gives every field back as it was', async (t) => {
      const store = await openFor(t, open)
      const bare = sampleMessage({ id: 'bare', nextAt: undefined, lastEventTime: undefined })
      await insertMessages(store, full, bare)
      assert.deepEqual(await store.messages.find('full'), full)
      assert.deepEqual(await store.messages.find('bare'), bare)
      assert.equal(await store.messages.find('other'), undefined)
    })

    it('keeps the order that is asked for, and leaves out what is not there', async (t) => {
      const store = await openFor(t, open)
      await insertMessages(
        store,
        ...['a', 'b', 'c'].map((id) => sampleMessage({ id, providerMsgId: `SM${id}` })),
      )
      const byId = await store.messages.findMany(['c', 'x', 'a', 'c'])
      assert.deepEqual(idsOf(byId), ['c', 'a'])
      const bySid = await store.messages.findByProviderIds(['SMb', 'SMx', 'SMa'])
      assert.deepEqual(idsOf(bySid), ['b', 'a'])
    })

    it('does nothing for empty lists', async (t) => {
      const store = await openFor(t, open)
      await store.messages.insert([])
      assert.deepEqual(await store.messages.findMany([]), [])
      assert.deepEqual(await store.messages.findByProviderIds([]), [])
      assert.deepEqual(await store.messages.advance([]), new Set())
    })

    it('writes all messages of a group or none', async (t) => {
      const store = await openFor(t, open)
      await insertMessages(store, sampleMessage({ id: 'taken' }))
      const group = ['new', 'taken'].map((id) => sampleMessage({ id }))
      await assert.rejects(insertMessages(store, ...group))
      assert.equal(await store.messages.find('new'), undefined)
    })

    it('refuses a second message with the same carrier id', async (t) => {
      const store = await openFor(t, open)
      await insertMessages(store, sampleMessage({ id: 'a', providerMsgId: 'SM1' }))
      await assert.rejects(insertMessages(store, sampleMessage({ id: 'b', providerMsgId: 'SM1' })))
    })
  })

  describe('messages.standing', () => {
    it('tells how far messages have come, in the order asked for', async (t) => {
      const store = await openFor(t, open)
      const facts = { providerMsgId: 'SM1', numSegments: 2, price: '0.1' }
      await insertMessages(
        store,
        sampleMessage({ id: 'a' }),
        sampleMessage({ id: 'b', status: 'DELIVERED', ...facts }),
      )
      const toPhone = '+14155552671'
      const unknown = { providerMsgId: undefined, numSegments: undefined, price: undefined }
      const expected = [
        { id: 'b', status: 'DELIVERED', toPhone, ...facts },
        { id: 'a', status: 'QUEUED', toPhone, ...unknown },
      ]
      assert.deepEqual(await store.messages.standing(['b', 'x', 'a']), expected)
      assert.deepEqual(
        await store.transaction((tables) => tables.messages.standing(['b', 'a'])),
        expected,
      )
    })
  })

  describe('messages.findKeyUses', () => {
    it('answers what a key was used for', async (t) => {
      const store = await openFor(t, open)
      await store.messages.insert([withKey('a', 'k1'), withKey('b', 'k2')])
      const uses = await store.messages.findKeyUses(['k2', 'k3'], start)
      assert.deepEqual(uses, [
        { idempotencyKey: 'k2', requestHash: 'hash of b', message: sampleMessage({ id: 'b' }) },
      ])
      assert.deepEqual(await store.messages.findKeyUses([], start), [])
    })

    it('sets a key free that was used before the given moment, and keeps its message', async (t) => {
      const store = await openFor(t, open)
      await store.messages.insert([withKey('old', 'k1', start - 1), withKey('on time', 'k2')])
      const uses = await store.messages.findKeyUses(['k1', 'k2'], start)
      assert.deepEqual(
        uses.map((use) => use.idempotencyKey),
        ['k2'],
      )
      await store.messages.insert([withKey('again', 'k1')])
      const [use] = await store.messages.findKeyUses(['k1'], start)
      assert.equal(use?.message.id, 'again')
      assert.equal((await store.messages.find('old'))?.id, 'old')
    })

    it('finds the message of whoever brings the same key at the same time', async (t) => {
      const store = await openFor(t, open)
      const rivals = ['a', 'b', 'd', 'e']
      // Connected, so that they meet.
      await Promise.all(rivals.map(() => store.ping()))
      const accept = (id: string, key: string) =>
        store.transaction(async (tables) => {
          const [use] = await tables.messages.findKeyUses([key], start)
          if (use) return use.message.id
          await tables.messages.insert([withKey(id, key)])
          return id
        })
      for (const key of ['k1', 'k2', 'k3']) {
        const ids = await Promise.all(rivals.map((id) => accept(`${id} of ${key}`, key)))
        assert.equal(new Set(ids).size, 1)
      }
    })

    it('refuses a second message with a key in use', async (t) => {
      const store = await openFor(t, open)
      await store.messages.insert([withKey('a', 'k1')])
      await assert.rejects(store.messages.insert([withKey('b', 'k1')]))
    })
  })

  describe('messages.listRivals', () => {
    it('lists outbound messages of the same number and text of which the outcome is open', async (t) => {
      const store = await openFor(t, open)
      const doubtful = sampleMessage({ id: 'self', status: 'IN_DOUBT' })
      await insertMessages(
        store,
        doubtful,
        sampleMessage({ id: 'sending', status: 'SENDING' }),
        sampleMessage({ id: 'doubtful', status: 'IN_DOUBT' }),
        sampleMessage({ id: 'queued' }),
        sampleMessage({ id: 'accepted', status: 'ACCEPTED' }),
        sampleMessage({ id: 'other text', status: 'SENDING', message: 'Bye.' }),
        sampleMessage({ id: 'other phone', status: 'SENDING', toPhone: '+14155550001' }),
        sampleMessage({ id: 'inbound', status: 'SENDING', direction: 'inbound' }),
      )
      assert.deepEqual(idsOf(await store.messages.listRivals(doubtful)), ['doubtful', 'sending'])
    })
  })
}
