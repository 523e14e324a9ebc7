import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openFor, type OpenStore, sampleVerification, start } from './samples.ts'

export function verificationContract(open: OpenStore): void {
  const toPhone = '+14155552671'

  describe('verifications.insert and find', () => {
    it('give every field back as it was', async (t) => {
      const store = await openFor(t, open)
      const full = sampleVerification({ id: 'full', providerSid: 'VE1', endedAt: start + 5 })
      const bare = sampleVerification({
        id: 'bare',
        locale: undefined,
        secretId: undefined,
        clientKey: undefined,
      })
      await store.verifications.insert(full)
      await store.verifications.insert(bare)
      assert.deepEqual(await store.verifications.find('full'), full)
      assert.deepEqual(await store.verifications.find('bare'), bare)
      assert.equal(await store.verifications.find('other'), undefined)
    })
  })

  describe('verifications.findPending', () => {
    it('answers the newest one of number and purpose that can still be checked', async (t) => {
      const store = await openFor(t, open)
      const rows = [
        sampleVerification({ id: 'old', createdAt: start - 5, clientKey: 'c2' }),
        sampleVerification({ id: 'new', createdAt: start }),
        sampleVerification({ id: 'other purpose', createdAt: start + 1, purpose: 'login' }),
        sampleVerification({ id: 'other phone', createdAt: start + 2, toPhone: '+14155550001' }),
        sampleVerification({ id: 'ended', createdAt: start + 3, status: 'canceled' }),
        sampleVerification({ id: 'late', createdAt: start + 4, expiresAt: start + 10 }),
      ]
      for (const row of rows) await store.verifications.insert(row)
      const find = (query: { purpose?: string; clientKey?: string; now?: number }) =>
        store.verifications.findPending({ toPhone, purpose: 'verify', now: start + 10, ...query })
      assert.equal((await find({}))?.id, 'new')
      assert.equal((await find({ clientKey: 'c2' }))?.id, 'old')
      assert.equal((await find({ purpose: 'login' }))?.id, 'other purpose')
      assert.equal((await find({ now: start + 9 }))?.id, 'late')
      assert.equal(await find({ clientKey: 'c3' }), undefined)
    })
  })

  describe('verifications.countSend', () => {
    it('counts up to the limit and keeps the deadline', async (t) => {
      const store = await openFor(t, open)
      await store.verifications.insert(sampleVerification({ id: 'a', sends: 1 }))
      const at = start + 30_000
      const counted = await Promise.all(
        Array.from({ length: 10 }, () => store.verifications.countSend('a', at, 5)),
      )
      assert.equal(counted.filter(Boolean).length, 4)
      const expected = sampleVerification({ id: 'a', sends: 5, lastSentAt: at })
      assert.deepEqual(await store.verifications.find('a'), expected)
    })

    it('refuses what is ended or past its deadline', async (t) => {
      const store = await openFor(t, open)
      await store.verifications.insert(sampleVerification({ id: 'done', status: 'approved' }))
      await store.verifications.insert(sampleVerification({ id: 'late', expiresAt: start }))
      for (const id of ['done', 'late', 'nobody'])
        assert.equal(await store.verifications.countSend(id, start, 5), false)
    })
  })

  describe('verifications.takeGuess', () => {
    // More at once would wait for a connection for longer than a busy machine lets them.
    it('evaluates exactly the allowed guesses of 400, of which a hundred come at once', async (t) => {
      const store = await openFor(t, open)
      await store.verifications.insert(sampleVerification({ id: 'a' }))
      const counts: number[] = []
      for (let round = 0; round < 4; round++) {
        const guesses = await Promise.all(
          Array.from({ length: 100 }, (_, i) =>
            i % 2 === 0
              ? store.verifications.takeGuess('a', start, 5)
              : store.transaction((tables) => tables.verifications.takeGuess('a', start, 5)),
          ),
        )
        counts.push(...guesses.flatMap((guess) => (guess ? [guess.attempts] : [])))
      }
      assert.deepEqual(
        counts.toSorted((a, b) => a - b),
        [1, 2, 3, 4, 5],
      )
      assert.equal((await store.verifications.find('a'))?.attempts, 5)
    })

    it('counts nothing once it is ended or past its deadline', async (t) => {
      const store = await openFor(t, open)
      await store.verifications.insert(sampleVerification({ id: 'done', status: 'approved' }))
      await store.verifications.insert(sampleVerification({ id: 'late', expiresAt: start }))
      for (const id of ['done', 'late']) {
        assert.equal(await store.verifications.takeGuess(id, start, 5), undefined)
        assert.equal((await store.verifications.find(id))?.attempts, 0)
      }
      const guess = await store.verifications.takeGuess('late', start - 1, 5)
      assert.equal(guess?.attempts, 1)
    })
  })

  describe('verifications.end', () => {
    it('is true for exactly one of 100 callers', async (t) => {
      const store = await openFor(t, open)
      await store.verifications.insert(sampleVerification({ id: 'a' }))
      const ends = await Promise.all(
        Array.from({ length: 100 }, (_, i) =>
          store.verifications.end('a', i % 2 === 0 ? 'approved' : 'canceled', start + i),
        ),
      )
      assert.equal(ends.filter(Boolean).length, 1)
      const winner = ends.indexOf(true)
      const verification = await store.verifications.find('a')
      assert.deepEqual(
        [verification?.status, verification?.endedAt],
        [winner % 2 === 0 ? 'approved' : 'canceled', start + winner],
      )
    })
  })

  describe('verifications.setProviderSid', () => {
    it("takes over the carrier's id and deadline", async (t) => {
      const store = await openFor(t, open)
      await store.verifications.insert(sampleVerification({ id: 'a' }))
      await store.verifications.setProviderSid('a', 'VE1', start + 7)
      const expected = sampleVerification({ id: 'a', providerSid: 'VE1', expiresAt: start + 7 })
      assert.deepEqual(await store.verifications.find('a'), expected)
    })
  })
}
