import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { NewEvent } from '../../src/domain/event.ts'
import { openFor, type OpenStore, sampleEvent, start } from './samples.ts'

const full: NewEvent = {
  messageId: 'm1',
  providerMsgId: 'SM1',
  status: 'UNDELIVERED',
  source: 'poll',
  applied: false,
  errorCode: 30_003,
  detail: 'undelivered',
  attempt: 2,
  dedupeKey: 'sms:msg:SM1:undelivered:30003',
  createdAt: start + 1,
}

const orphan = (providerMsgId: string, status: 'SENT' | 'DELIVERED') =>
  sampleEvent({ messageId: undefined, providerMsgId, status })

export function eventContract(open: OpenStore): void {
  describe('events.append and list', () => {
    it('keep every field, in the order of storing', async (t) => {
      const store = await openFor(t, open)
      const bare = sampleEvent({ createdAt: start + 9 })
      assert.deepEqual(await store.events.append([bare, full]), [true, true])
      const [first, second, ...more] = await store.events.list('m1')
      const { dedupeKey: _, ...fullEvent } = full
      const { dedupeKey: __, ...bareEvent } = bare
      assert.deepEqual(first, { ...bareEvent, id: first?.id })
      assert.deepEqual(second, { ...fullEvent, id: second?.id })
      assert.deepEqual(more, [])
      assert.ok(first && second && first.id < second.id)
      assert.deepEqual(await store.events.append([]), [])
    })

    it('store a repeated event once, within a group and across groups', async (t) => {
      const store = await openFor(t, open)
      const sent = sampleEvent({ dedupeKey: 'sent' })
      const delivered = sampleEvent({ dedupeKey: 'delivered', status: 'DELIVERED' })
      const free = sampleEvent({})
      assert.deepEqual(await store.events.append([sent, free, sent]), [true, true, false])
      assert.deepEqual(await store.events.append([free, delivered, sent]), [true, true, false])
      const stored = await store.events.list('m1')
      assert.deepEqual(
        stored.map((event) => event.status),
        ['SENT', 'SENT', 'SENT', 'DELIVERED'],
      )
    })

    it('tell only one of many rivals that an event is new', async (t) => {
      const store = await openFor(t, open)
      const results = await Promise.all(
        Array.from({ length: 50 }, () => store.events.append([sampleEvent({ dedupeKey: 'one' })])),
      )
      assert.equal(results.flat().filter(Boolean).length, 1)
    })

    it('answer nothing for a message without events', async (t) => {
      const store = await openFor(t, open)
      await store.events.append([sampleEvent({}), sampleEvent({ messageId: undefined })])
      assert.deepEqual(await store.events.list('m2'), [])
    })
  })

  describe('events.adopt', () => {
    it('hands early callbacks over to their messages, oldest first, once', async (t) => {
      const store = await openFor(t, open)
      await store.events.append([
        orphan('SM1', 'SENT'),
        orphan('SM2', 'SENT'),
        orphan('SM1', 'DELIVERED'),
        orphan('SM3', 'SENT'),
        sampleEvent({ messageId: 'm9', providerMsgId: 'SM1' }),
      ])
      const owners = [
        { providerMsgId: 'SM2', messageId: 'm2' },
        { providerMsgId: 'SM1', messageId: 'm1' },
      ]
      const adopted = await store.events.adopt(owners)
      assert.deepEqual(
        adopted.map((event) => [event.messageId, event.providerMsgId, event.status]),
        [
          ['m1', 'SM1', 'SENT'],
          ['m2', 'SM2', 'SENT'],
          ['m1', 'SM1', 'DELIVERED'],
        ],
      )
      assert.deepEqual(await store.events.list('m1'), [adopted[0], adopted[2]])
      assert.equal((await store.events.list('m9')).length, 1)
      assert.deepEqual(await store.events.adopt(owners), [])
      assert.deepEqual(await store.events.adopt([]), [])
    })

    it('still knows an adopted callback when it is repeated', async (t) => {
      const store = await openFor(t, open)
      const early = sampleEvent({ messageId: undefined, providerMsgId: 'SM1', dedupeKey: 'k' })
      await store.events.append([early])
      await store.events.adopt([{ providerMsgId: 'SM1', messageId: 'm1' }])
      assert.deepEqual(await store.events.append([{ ...early, messageId: 'm1' }]), [false])
    })
  })
}
