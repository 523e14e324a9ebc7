import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { afterSign, type FlowSign, type FlowState, roomOf, startFlow, trialFlow } from './flow.ts'

const accepted: FlowSign = { kind: 'accepted' }
const answered: FlowSign = { kind: 'answered' }
const failed: FlowSign = { kind: 'failed' }
const busy = (retryAfterSeconds?: number): FlowSign => ({ kind: 'busy', retryAfterSeconds })

function after(state: FlowState, signs: FlowSign[], now = 0, random = 0.5): FlowState {
  return signs.reduce((at, sign) => afterSign(at, sign, { most: 32, now, random }), state)
}

const times = (count: number, sign: FlowSign) => Array.from({ length: count }, () => sign)

describe('slow start', () => {
  it('begins with eight calls, doubles with every round, and ends at the setting', () => {
    let state = startFlow(32)
    const rooms: number[] = []
    for (let round = 0; round < 4; round++) {
      const room = roomOf(state, 0, 0)
      rooms.push(room)
      state = after(state, times(room, accepted))
    }
    assert.deepEqual(rooms, [8, 16, 32, 32])
    assert.equal(roomOf(state, 30, 0), 2)
    assert.equal(roomOf(startFlow(3), 0, 0), 3)
  })

  it('does not grow by refusals', () => {
    assert.equal(roomOf(after(startFlow(32), times(20, answered)), 0, 0), 8)
  })
})

describe('after 429', () => {
  it('nothing begins for as long as the carrier says, then one call, then two', () => {
    const state = after(startFlow(32), [busy(20)], 1_000)
    assert.equal(roomOf(state, 0, 20_999), 0)
    const rested = state.restsUntil
    assert.ok(rested >= 21_000 && rested <= 23_000)
    assert.equal(roomOf(state, 0, rested), 1)
    assert.equal(roomOf(after(state, [accepted], rested), 0, rested), 2)
  })

  it('a thousand processes turned away together are spread over a second when they come back', () => {
    for (const told of [undefined, 0, 3]) {
      const buckets = new Map<number, number>()
      for (let i = 0; i < 1_000; i++) {
        const { restsUntil } = after(startFlow(32), [busy(told)], 0, i / 1_000)
        assert.ok(restsUntil >= (told === undefined ? 500 : told * 1_000))
        const bucket = Math.floor(restsUntil / 100)
        buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1)
      }
      assert.ok(buckets.size >= 10)
      assert.ok(Math.max(...buckets.values()) <= (3 * 1_000) / buckets.size)
    }
  })

  it('a shorter rest does not end a longer one', () => {
    const state = after(startFlow(32), [busy(60), busy(1)])
    assert.equal(roomOf(state, 0, 59_999), 0)
  })
})

describe('the breaker', () => {
  it('opens with the fifth failure in a row, and an answer between counts anew', () => {
    assert.equal(after(startFlow(32), times(4, failed)).isOpen, false)
    assert.equal(after(startFlow(32), times(5, failed)).isOpen, true)
    for (const answer of [accepted, answered, busy()]) {
      const state = after(startFlow(32), [...times(4, failed), answer, ...times(4, failed)])
      assert.equal(state.isOpen, false)
    }
    assert.equal(after(trialFlow(), [failed]).isOpen, true)
  })

  it('closes with any answer and lets one call through', () => {
    for (const answer of [accepted, answered, busy()]) {
      const open = after(startFlow(32), times(5, failed))
      assert.equal(roomOf(open, 0, 0), 0)
      const state = after(open, [answer])
      assert.equal(roomOf(state, 0, 10_000), 1)
    }
  })
})

describe('any course of calls', () => {
  it('keeps the window between one and the setting', () => {
    const sign = fc.oneof(
      fc.constantFrom(accepted, answered, failed),
      fc.option(fc.nat(100), { nil: undefined }).map(busy),
    )
    fc.assert(
      fc.property(fc.array(sign, { maxLength: 100 }), (signs) => {
        const { window } = after(startFlow(32), signs)
        assert.ok(window >= 1 && window <= 32)
      }),
    )
  })
})
