import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { VerificationBackend } from '../src/domain/verification.ts'
import {
  type BenchOptions,
  onBench,
  phone,
  type VerificationBench,
  wrong,
} from './verification-bench.ts'

const second = 1_000
const minute = 60 * second
const other = '+12125550123'

/** Five wrong guesses, with what they answered. */
async function useUp(bench: VerificationBench, verificationId: string): Promise<string[]> {
  const code = wrong(await bench.codeOn())
  const kinds: string[] = []
  for (let i = 0; i < 5; i++) kinds.push((await bench.check(verificationId, code)).kind)
  return kinds
}

/** What checking, canceling and proving promise, over any backend. */
export function checkContract(backend: VerificationBackend): void {
  function promise(
    name: string,
    run: (bench: VerificationBench) => Promise<void>,
    options: Omit<BenchOptions, 'backend'> = {},
  ): void {
    it(name, () => onBench({ backend, ...options }, run))
  }

  promise('approves the right code and proves it by a token', async (bench) => {
    const now = bench.clock.now()
    const { verificationId } = await bench.started({ purpose: 'sign-in' })
    const result = await bench.check(verificationId, await bench.codeOn())
    assert.ok(result.kind === 'approved', result.kind)
    assert.equal(result.toPhone, phone)
    assert.equal(result.tokenExpiresAt, now + 5 * minute)
    assert.deepEqual(await bench.verifications.readProof(result.token, { purpose: 'sign-in' }), {
      verificationId,
      toPhone: phone,
      purpose: 'sign-in',
      approvedAt: now,
      expiresAt: result.tokenExpiresAt,
    })
  })

  promise('counts wrong codes down, then looks at none, not even the right one', async (bench) => {
    const { verificationId } = await bench.started()
    const code = await bench.codeOn()
    for (let attemptsLeft = 4; attemptsLeft >= 0; attemptsLeft--) {
      const result = await bench.check(verificationId, wrong(code))
      assert.deepEqual(result, { kind: 'incorrect', attemptsLeft })
    }
    assert.deepEqual(await bench.check(verificationId, wrong(code)), { kind: 'too-many-attempts' })
    assert.deepEqual(await bench.check(verificationId, code), { kind: 'too-many-attempts' })
  })

  promise('approves on the last guess', async (bench) => {
    const { verificationId } = await bench.started()
    const code = await bench.codeOn()
    for (let i = 0; i < 4; i++) await bench.check(verificationId, wrong(code))
    assert.equal((await bench.check(verificationId, code)).kind, 'approved')
  })

  promise('approves once', async (bench) => {
    const { verificationId } = await bench.started()
    const code = await bench.codeOn()
    assert.equal((await bench.check(verificationId, code)).kind, 'approved')
    assert.deepEqual(await bench.check(verificationId, code), { kind: 'already-used' })
    await bench.advance(20 * minute)
    assert.deepEqual(await bench.check(verificationId, code), { kind: 'already-used' })
  })

  promise('approves once under a hundred hands', async (bench) => {
    const { verificationId } = await bench.started()
    const code = await bench.codeOn()
    const results = await Promise.all(
      Array.from({ length: 100 }, () => bench.check(verificationId, code)),
    )
    assert.equal(results.filter((one) => one.kind === 'approved').length, 1)
    assert.ok(!results.some((one) => one.kind === 'incorrect'))
    assert.deepEqual(await bench.check(verificationId, code), { kind: 'already-used' })
  })

  promise('looks at five codes of four hundred that come together', async (bench) => {
    const { verificationId } = await bench.started()
    const code = wrong(await bench.codeOn())
    const results = await Promise.all(
      Array.from({ length: 400 }, () => bench.check(verificationId, code)),
    )
    const left = results.flatMap((one) => (one.kind === 'incorrect' ? [one.attemptsLeft] : []))
    assert.deepEqual(
      left.toSorted((a, b) => a - b),
      [0, 1, 2, 3, 4],
    )
    // A machine too busy for four hundred transactions a second may also answer that it is.
    const others = new Set(results.map((one) => one.kind).filter((kind) => kind !== 'incorrect'))
    others.delete('unavailable')
    assert.deepEqual([...others], ['too-many-attempts'])
    assert.deepEqual(await bench.check(verificationId, code), { kind: 'too-many-attempts' })
  })

  promise('takes the code until the deadline', async (bench) => {
    const { verificationId } = await bench.started()
    const code = await bench.codeOn()
    await bench.advance(10 * minute - 1)
    assert.equal((await bench.check(verificationId, code)).kind, 'approved')
  })

  promise('takes no code from the deadline on', async (bench) => {
    const { verificationId } = await bench.started()
    const code = await bench.codeOn()
    await bench.advance(10 * minute)
    assert.deepEqual(await bench.check(verificationId, code), { kind: 'expired' })
  })

  promise(
    'keeps a shorter life, and starts anew after it',
    async (bench) => {
      const first = await bench.started()
      const code = await bench.codeOn()
      await bench.advance(minute)
      assert.deepEqual(await bench.check(first.verificationId, code), { kind: 'expired' })
      const second = await bench.started()
      assert.equal(second.expiresAt, bench.clock.now() + minute)
      assert.notEqual(second.verificationId, first.verificationId)
      const result = await bench.check(second.verificationId, await bench.codeOn())
      assert.equal(result.kind, 'approved')
    },
    { verification: { lifetimeSeconds: 60 } },
  )

  for (const days of [-1, 1]) {
    promise(`gives a code ten minutes when the clock is set by ${days} day`, async (bench) => {
      const { verificationId } = await bench.started()
      const code = await bench.codeOn()
      bench.clock.step(days * 86_400 * second)
      await bench.advance(10 * minute - 1)
      const early = await bench.check(verificationId, wrong(code))
      assert.deepEqual(early, { kind: 'incorrect', attemptsLeft: 4 })
      await bench.advance(1)
      assert.deepEqual(await bench.check(verificationId, code), { kind: 'expired' })
    })
  }

  promise('ends a verification that is canceled', async (bench) => {
    const { verificationId } = await bench.started()
    const code = await bench.codeOn()
    assert.equal(await bench.verifications.cancel(verificationId), true)
    assert.deepEqual(await bench.check(verificationId, code), { kind: 'canceled' })
    assert.equal(await bench.verifications.cancel(verificationId), false)
  })

  promise('cancels only what is running', async (bench) => {
    const { verificationId } = await bench.started()
    assert.equal(await bench.verifications.cancel('made-up'), false)
    await bench.advance(10 * minute)
    assert.equal(await bench.verifications.cancel(verificationId), false)
  })

  promise('knows no id that it did not give', async (bench) => {
    await bench.started()
    const code = await bench.codeOn()
    for (const id of ['', 'made-up', '019a4000-0000-7000-8000-000000000000']) {
      assert.deepEqual(await bench.check(id, code), { kind: 'not-found' })
    }
  })

  promise('spends no guess on text that is no code', async (bench) => {
    const { verificationId } = await bench.started()
    const code = await bench.codeOn()
    for (const text of ['', '123', `${code} `, 'abcdef', '１２３４５６', '1'.repeat(5_000)]) {
      const result = await bench.check(verificationId, text)
      assert.deepEqual(result, { kind: 'incorrect', attemptsLeft: 5 })
    }
    assert.equal((await bench.check(verificationId, code)).kind, 'approved')
  })

  promise('takes no code of another phone', async (bench) => {
    const [mine, theirs] = [await bench.started(), await bench.started({ toPhone: other })]
    const [code, theirCode] = [await bench.codeOn(), await bench.codeOn(other)]
    assert.notEqual(code, theirCode)
    assert.equal((await bench.check(mine.verificationId, theirCode)).kind, 'incorrect')
    assert.equal((await bench.check(theirs.verificationId, code)).kind, 'incorrect')
    assert.equal((await bench.check(mine.verificationId, code)).kind, 'approved')
  })

  promise('starts anew with new guesses after too many', async (bench) => {
    const first = await bench.started({ clientAddress: '192.0.2.1' })
    await useUp(bench, first.verificationId)
    await bench.advance(minute)
    const gone = await bench.start({ verificationId: first.verificationId })
    assert.deepEqual(gone, { kind: 'verification-not-found' })
    const next = await bench.started({ clientAddress: '192.0.2.1' })
    assert.notEqual(next.verificationId, first.verificationId)
    const result = await bench.check(next.verificationId, await bench.codeOn())
    assert.equal(result.kind, 'approved')
  })

  promise('gives no new guesses by sending again', async (bench) => {
    const { verificationId } = await bench.started()
    const code = await bench.codeOn()
    for (let i = 0; i < 4; i++) {
      assert.equal((await bench.check(verificationId, wrong(code))).kind, 'incorrect')
      await bench.advance(minute)
      await bench.started({ verificationId })
    }
    const last = await bench.check(verificationId, wrong(code))
    assert.deepEqual(last, { kind: 'incorrect', attemptsLeft: 0 })
    assert.deepEqual(await bench.check(verificationId, code), { kind: 'too-many-attempts' })
  })

  promise('takes ten wrong codes an hour for one phone, over all starts', async (bench) => {
    for (let i = 0; i < 2; i++) {
      const { verificationId } = await bench.started()
      const kinds = await useUp(bench, verificationId)
      assert.deepEqual(new Set(kinds), new Set(['incorrect']))
      await bench.advance(minute)
    }
    const third = await bench.started()
    const code = await bench.codeOn()
    const refused = { kind: 'throttled', retryAfterSeconds: 58 * 60 }
    assert.deepEqual(await bench.check(third.verificationId, code), refused)
    assert.deepEqual(await bench.check(third.verificationId, wrong(code)), refused)

    const theirs = await bench.started({ toPhone: other })
    const result = await bench.check(theirs.verificationId, await bench.codeOn(other))
    assert.equal(result.kind, 'approved')

    await bench.advance(58 * minute)
    const fourth = await bench.started()
    const later = await bench.check(fourth.verificationId, await bench.codeOn())
    assert.equal(later.kind, 'approved')
  })

  promise(
    'keeps right codes out of the budget of wrong ones',
    async (bench) => {
      for (let i = 0; i < 4; i++) {
        const { verificationId } = await bench.started()
        const result = await bench.check(verificationId, await bench.codeOn())
        assert.equal(result.kind, 'approved')
        await bench.advance(minute)
      }
    },
    { throttles: { guessesPerPhone: [{ limit: 1, windowSeconds: 3_600 }] } },
  )

  promise('does not check by phone unless that is switched on', async (bench) => {
    await bench.started()
    const code = await bench.codeOn()
    const result = await bench.verifications.check({ toPhone: phone, code })
    assert.deepEqual(result, { kind: 'check-by-phone-off' })
  })

  promise(
    'checks by phone where that is switched on',
    async (bench) => {
      const check = (toPhone: string, code: string, purpose?: string) =>
        bench.verifications.check({ toPhone, code, purpose })
      await bench.started()
      const code = await bench.codeOn()
      assert.deepEqual(await check(other, code), { kind: 'not-found' })
      assert.deepEqual(await check(phone, code, 'sign-in'), { kind: 'not-found' })
      assert.deepEqual(await check('nonsense', code), { kind: 'not-found' })
      const result = await check(phone, wrong(code))
      assert.deepEqual(result, { kind: 'incorrect', attemptsLeft: 4 })
      assert.equal((await check(phone, code)).kind, 'approved')
      assert.deepEqual(await check(phone, code), { kind: 'not-found' })
    },
    { verification: { checkByPhone: true } },
  )
}
