import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fixedBytes, onBench, type VerificationBench, wrong } from './verification-bench.ts'

const minute = 60_000
const backend = 'own-codes'
/** The same ids and codes in every run, so that no guess is right by luck once in a while. */
const world = () => ({ randomBytes: fixedBytes() })

/** Looks that a thousand addresses get at one phone in a day, starting and guessing every minute. */
async function attack(bench: VerificationBench): Promise<{ looks: number; starts: number }> {
  let [looks, starts] = [0, 0]
  for (let minutes = 0; minutes < 24 * 60; minutes++) {
    const clientAddress = `10.0.${(minutes % 1_000) >> 8}.${(minutes % 1_000) & 255}`
    const started = await bench.start({ clientAddress })
    if (started.kind === 'started') {
      starts++
      for (let guess = 0; guess < 6; guess++) {
        const result = await bench.check(started.verificationId, '000000')
        if (result.kind === 'incorrect') looks++
        assert.notEqual(result.kind, 'approved')
      }
    }
    await bench.advance(minute)
  }
  return { looks, starts }
}

describe('guessing', () => {
  it('gets twenty codes a day sent to one phone, however many addresses take part', () =>
    onBench({ backend, world: world() }, async (bench) => {
      const { looks, starts } = await attack(bench)
      assert.equal(starts, 20)
      assert.ok(looks <= 50)
    }))

  it('gets fifty looks a day, even if codes could be had without end', () =>
    onBench({ backend, world: world(), throttles: { codesPerPhone: [] } }, async (bench) => {
      const { looks, starts } = await attack(bench)
      assert.ok(starts > 1_000, `${starts} starts`)
      assert.equal(looks, 50)
    }))

  it('gets no more by asking for the code again', () =>
    onBench({ backend, world: world(), throttles: { codesPerPhone: [] } }, async (bench) => {
      let [looks, resends] = [0, 0]
      for (let i = 0; i < 100; i++) {
        const started = await bench.start({ clientAddress: `192.0.2.${i % 2}` })
        if (started.kind === 'started') {
          if (started.sendsLeft < 4) resends++
          const result = await bench.check(started.verificationId, wrong('000000'))
          if (result.kind === 'incorrect') looks++
        }
        await bench.advance(10_000)
      }
      assert.ok(resends > 0)
      assert.equal(looks, 10)
    }))

  it('shuts nobody out for longer than a day', () =>
    onBench({ backend, world: world() }, async (bench) => {
      for (let hour = 0; hour < 5; hour++) {
        for (let i = 0; i < 2; i++) {
          const { verificationId } = await bench.started()
          const code = wrong(await bench.codeOn())
          for (let guess = 0; guess < 5; guess++) await bench.check(verificationId, code)
          await bench.advance(minute)
        }
        await bench.advance(58 * minute)
      }
      const locked = await bench.started()
      const result = await bench.check(locked.verificationId, await bench.codeOn())
      assert.deepEqual(result, { kind: 'throttled', retryAfterSeconds: 19 * 3_600 })
      await bench.advance(19 * 60 * minute)
      const free = await bench.started()
      const later = await bench.check(free.verificationId, await bench.codeOn())
      assert.equal(later.kind, 'approved')
    }))

  it('finds no code in a thousand verifications', () =>
    onBench(
      { backend, world: world(), throttles: { codesPerPhone: [], guessesPerPhone: [] } },
      async (bench) => {
        const ids: string[] = []
        for (let i = 0; i < 1_000; i++) ids.push((await bench.started()).verificationId)
        const guesses = await Promise.all(ids.map((id) => bench.check(id, '123456')))
        const right = guesses.filter((one) => one.kind === 'approved').length
        assert.ok(right <= 1, `${right} of 1,000 fell to one guess`)
      },
    ))
})
