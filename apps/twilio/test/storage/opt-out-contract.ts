import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  idsOf,
  insertMessages,
  openFor,
  type OpenStore,
  sampleMessage,
  sampleOptOut,
  start,
} from './samples.ts'

const phone = '+14155550001'
const [number, service] = ['+15005550006', 'MG0123456789abcdef0123456789abcdef']

/** Opt-outs by phone and sender. */
export function optOutContract(open: OpenStore): void {
  describe('optOuts', () => {
    it('tell who opted out of whom, until it is taken back', async (t) => {
      const store = await openFor(t, open)
      assert.equal(await store.optOuts.add(sampleOptOut({ phone, sender: number })), true)
      const again = sampleOptOut({ phone, sender: number, reason: 'again', at: start + 1 })
      assert.equal(await store.optOuts.add(again), false)
      assert.equal(await store.optOuts.add(sampleOptOut({ phone, sender: service })), true)
      const found = await store.optOuts.find([phone, '+14155550002'])
      assert.deepEqual(
        found.toSorted((a, b) => (a.sender < b.sender ? -1 : 1)),
        [
          { phone, sender: number },
          { phone, sender: service },
        ],
      )
      assert.deepEqual(await store.optOuts.find([]), [])
      assert.equal(await store.optOuts.remove(phone, number), 1)
      assert.equal(await store.optOuts.remove(phone, number), 0)
      assert.equal(await store.optOuts.remove(phone), 1)
      assert.deepEqual(await store.optOuts.find([phone]), [])
    })

    it('of what is claimed are found beside the claim', async (t) => {
      const store = await openFor(t, open)
      const phones = ['+14155550001', '+14155550002', '+14155550003', '+14155550004']
      for (const toPhone of phones)
        await insertMessages(store, sampleMessage({ id: toPhone, toPhone }))
      for (const one of phones.slice(1)) await store.optOuts.add(sampleOptOut({ phone: one }))
      const claim = { now: start, leaseUntil: start + 30_000, limit: 3 }
      const [claimed, found] = await store.transaction((tables) =>
        Promise.all([
          tables.messages.claimDue(claim),
          tables.optOuts.findOfClaimed(claim.leaseUntil),
        ]),
      )
      assert.deepEqual(idsOf(claimed), phones.slice(0, 3))
      const known = found.map((one) => one.phone)
      assert.deepEqual(known.toSorted(), phones.slice(1, 3))
      assert.deepEqual(await store.optOuts.findOfClaimed(claim.leaseUntil + 1), [])
    })

    it('are lifted for one sender, but for what the host has said', async (t) => {
      const store = await openFor(t, open)
      const texted = { phone, source: 'recipient' } as const
      const all = [
        sampleOptOut({ ...texted, sender: number }),
        sampleOptOut({ ...texted, sender: service }),
        sampleOptOut({ ...texted, sender: 'elsewhere' }),
        sampleOptOut({ phone, sender: '', source: 'carrier' }),
        sampleOptOut({ ...texted, phone: '+14155550002', sender: number }),
      ]
      for (const one of all) await store.optOuts.add(one)
      assert.equal(await store.optOuts.lift(phone, [number, service]), 3)
      assert.deepEqual(await store.optOuts.find([phone]), [{ phone, sender: 'elsewhere' }])
      await store.optOuts.add(sampleOptOut({ phone, source: 'host' }))
      await store.optOuts.add(sampleOptOut({ phone, sender: number, source: 'host' }))
      assert.equal(await store.optOuts.lift(phone, [number]), 0)
    })

    it('are listed newest first, page by page', async (t) => {
      const store = await openFor(t, open)
      const at = (sender: string, ms: number) =>
        sampleOptOut({ phone, sender, reason: sender, source: 'carrier', at: start + ms })
      const all = [at('c', 1), at('b', 1), at('a', 1), at('z', 0)]
      for (const one of all.toReversed()) await store.optOuts.add(one)
      const first = await store.optOuts.list({ limit: 2 })
      assert.deepEqual(first, all.slice(0, 2))
      const rest = await store.optOuts.list({ before: first.at(-1), limit: 9 })
      assert.deepEqual(rest, all.slice(2))
    })
  })
}
