import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { pollDelayMs, retryDelayMs } from './retry.ts'

describe('retryDelayMs', () => {
  it('grows with the attempts up to its ceiling and uses the whole range', () => {
    assert.equal(retryDelayMs('backoff', 1, 0), 500)
    assert.ok(retryDelayMs('backoff', 1, 0.999) <= 2_000)
    assert.ok(retryDelayMs('backoff', 3, 0.999) > 7_000)
    assert.ok(retryDelayMs('backoff', 1_000, 0.999) <= 60_000)
    assert.ok(retryDelayMs('delayed', 1, 0) >= 30_000)
  })

  it('is never zero and never above the ceiling', () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    fc.assert(
      fc.property(fc.nat(10_000), random, (attempts, value) => {
        const wait = retryDelayMs('hold', attempts, value)
        assert.ok(wait >= 1 && wait <= 300_000)
      }),
    )
  })
})

describe('pollDelayMs', () => {
  const settings = { pollAfterSeconds: [60, 120, 300], pollGiveUpSeconds: 3_600 }

  it('walks through the steps and stays on the last one', () => {
    assert.deepEqual(
      [0, 1, 2, 9].map((polls) => pollDelayMs(polls, 0, settings)),
      [60_000, 120_000, 300_000, 300_000],
    )
  })

  it('gives up on a message that has been silent for too long', () => {
    assert.equal(pollDelayMs(3, 3_600_000, settings), undefined)
  })
})
