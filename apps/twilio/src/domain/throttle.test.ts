import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import {
  forgetAt,
  giveBack,
  type Hits,
  judge,
  type ThrottleRule,
  throttleKeys,
} from './throttle.ts'

const rule = fc.record({
  limit: fc.integer({ min: 1, max: 6 }),
  windowSeconds: fc.integer({ min: 1, max: 30 }),
})
const request = fc.record({
  waitMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 12_000 })),
  cost: fc.integer({ min: 1, max: 3 }),
})

/** The rule as one would say it aloud, over the whole history: the oracle. */
function fits(history: Hits, rules: readonly ThrottleRule[], cost: number, now: number): boolean {
  return rules.every(({ limit, windowSeconds }) => {
    let used = cost
    for (const hit of history) if (now - hit.at < windowSeconds * 1_000) used += hit.cost
    return used <= limit
  })
}

describe('judge', () => {
  it('agrees with the rule said aloud, keeps every window, and names the exact moment of retry', () => {
    fc.assert(
      fc.property(
        fc.array(rule, { minLength: 1, maxLength: 4 }),
        fc.array(request, { maxLength: 60, size: 'max' }),
        (rules, requests) => {
          let now = 1_000_000
          let hits: Hits = []
          const history: Hits = []
          for (const { waitMs, cost } of requests) {
            now += waitMs
            const verdict = judge(hits, rules, cost, now)
            assert.equal(verdict.kind === 'allowed', fits(history, rules, cost, now))
            if (verdict.kind === 'allowed') {
              hits = verdict.hits
              history.push({ at: now, cost })
            } else if (rules.every((one) => cost <= one.limit)) {
              assert.ok(fits(history, rules, cost, verdict.retryAt), 'passes at retryAt')
              assert.ok(!fits(history, rules, cost, verdict.retryAt - 1), 'and not before')
            }
          }
          for (const { limit, windowSeconds } of rules) {
            for (const { at } of history) {
              const inWindow = history.filter(
                (h) => h.at >= at && h.at < at + windowSeconds * 1_000,
              )
              assert.ok(inWindow.reduce((sum, h) => sum + h.cost, 0) <= limit)
            }
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  it('keeps no hit that the longest window does not need', () => {
    const rules = [{ limit: 5, windowSeconds: 10 }]
    const verdict = judge([{ at: 0, cost: 1 }], rules, 1, 10_000)
    assert.deepEqual(verdict, { kind: 'allowed', hits: [{ at: 10_000, cost: 1 }] })
  })

  it('has no border at which a limit counts double', () => {
    const rules = [{ limit: 2, windowSeconds: 60 }]
    const hits = [
      { at: 59_000, cost: 1 },
      { at: 59_500, cost: 1 },
    ]
    assert.deepEqual(judge(hits, rules, 1, 60_500), {
      kind: 'refused',
      rule: rules[0],
      retryAt: 119_000,
    })
  })

  it('refuses a cost over the limit for good, one window at a time', () => {
    const rules = [{ limit: 2, windowSeconds: 60 }]
    assert.deepEqual(judge([], rules, 3, 1_000), {
      kind: 'refused',
      rule: rules[0],
      retryAt: 61_000,
    })
  })

  it('lets hits from the future block no longer than one window', () => {
    const rules = [{ limit: 1, windowSeconds: 60 }]
    const verdict = judge([{ at: 86_400_000, cost: 1 }], rules, 1, 1_000)
    assert.equal(verdict.kind === 'refused' && verdict.retryAt, 61_000)
  })

  it('bounds what a large cap keeps, and never lets more through than the cap', () => {
    const rules = [{ limit: 20_000, windowSeconds: 86_400 }]
    let hits: Hits = []
    let now = 0
    const passed: number[] = []
    for (let i = 0; i < 30_000; i++) {
      now += 4_000
      const verdict = judge(hits, rules, 1, now)
      if (verdict.kind !== 'allowed') continue
      hits = verdict.hits
      passed.push(now)
      assert.ok(hits.length <= 4_000, `${hits.length} entries`)
    }
    for (let first = 0, last = 0; last < passed.length; last++) {
      while ((passed[last] ?? 0) - (passed[first] ?? 0) >= 86_400_000) first++
      assert.ok(last - first + 1 <= 20_000)
    }
    assert.ok(passed.length >= 20_000 + (30_000 - 21_600) * 0.9, `${passed.length} passed`)
  })
})

describe('giveBack', () => {
  it('undoes the last take', () => {
    const rules = [{ limit: 9, windowSeconds: 60 }]
    const before = [{ at: 5, cost: 2 }]
    const taken = judge(before, rules, 3, 9)
    assert.deepEqual(taken.kind === 'allowed' && giveBack(taken.hits, 3, 9), before)
    const sameMoment = judge(before, rules, 3, 5)
    assert.deepEqual(sameMoment.kind === 'allowed' && giveBack(sameMoment.hits, 3, 5), before)
  })

  it('leaves alone what was taken before', () => {
    const hits = [
      { at: 1, cost: 4 },
      { at: 5, cost: 2 },
      { at: 9, cost: 4 },
    ]
    assert.deepEqual(giveBack(hits, 3, 4), [
      { at: 1, cost: 4 },
      { at: 9, cost: 3 },
    ])
  })

  it('stops at nothing', () => {
    assert.deepEqual(giveBack([{ at: 1, cost: 1 }], 5, 1), [])
    assert.deepEqual(giveBack([], 1, 0), [])
  })
})

describe('forgetAt', () => {
  it('is the end of the longest window after the last hit', () => {
    const rules = [
      { limit: 1, windowSeconds: 30 },
      { limit: 9, windowSeconds: 600 },
    ]
    assert.equal(forgetAt([{ at: 1_000, cost: 1 }], rules), 601_000)
  })
})

describe('throttleKeys', () => {
  it('names a phone, an address, a country and the whole', () => {
    assert.equal(throttleKeys.retry('+14155552671'), 'sms:retry:+14155552671')
    assert.equal(throttleKeys.country('SE'), 'sms:country:SE')
    assert.equal(throttleKeys.codes(), 'sms:codes')
  })
})
