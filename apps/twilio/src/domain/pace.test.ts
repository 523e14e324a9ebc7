import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { grantPace, type PaceRequest } from './pace.ts'
import type { Hits } from './throttle.ts'

const start = 1_800_000_000_000
const half = () => 0.5

function requests(count: number, over: Partial<PaceRequest> = {}): PaceRequest[] {
  return Array.from({ length: count }, (_, i) => {
    return { id: `m${i}`, cost: 1, urgent: false, putOffs: 0, ...over }
  })
}

describe('grantPace', () => {
  it('grants the limit and plans the rest one after another', () => {
    const { granted, putOff } = grantPace([], 2, requests(5), { now: start, random: half })
    assert.deepEqual([...granted], ['m0', 'm1'])
    assert.deepEqual(
      putOff.map(({ id, nextAt }) => [id, nextAt - start]),
      [
        ['m2', 1_150],
        ['m3', 1_725],
        ['m4', 2_300],
      ],
    )
  })

  it('plans what comes later behind what is planned, and a code before all of it', () => {
    const first = grantPace([], 1, requests(4), { now: start, random: half })
    const now = start + 10
    const later = grantPace(first.hits, 1, requests(1), { now, random: half })
    assert.equal(later.putOff[0]?.nextAt, start + 4 * 1_150)
    const code = grantPace(first.hits, 1, requests(1, { urgent: true }), { now, random: half })
    assert.equal(code.putOff[0]?.nextAt, start + 1_150)
  })

  it('brings what missed its place to the next one, and several of them apart', () => {
    const first = grantPace([], 1, requests(1), { now: start, random: half })
    const missed = requests(3, { putOffs: 1 })
    const { putOff } = grantPace(first.hits, 1, missed, { now: start + 5, random: half })
    const [next, ...others] = putOff.map(({ nextAt }) => nextAt - start)
    assert.equal(next, 1_150)
    for (const other of others) assert.ok(other > 1_150 && other <= 3 * 1_150)
  })

  it('forgets its plan for a sender that has sent nothing for a while', () => {
    const first = grantPace([], 1, requests(500), { now: start, random: half })
    const now = start + 6_000
    const { granted, putOff } = grantPace(first.hits, 1, requests(2), { now, random: half })
    assert.deepEqual([...granted], ['m0'])
    assert.equal(putOff[0]?.nextAt, now + 1_150)
  })

  it('takes a message longer than the limit for the limit, and lets no shorter one pass it', () => {
    const long = { id: 'long', cost: 9, urgent: false, putOffs: 0 }
    const alone = grantPace([], 3, [long, ...requests(1)], { now: start, random: half })
    assert.deepEqual([...alone.granted], ['long'])
    const hits = grantPace([], 3, requests(2), { now: start, random: half }).hits
    const second = grantPace(hits, 3, [long, ...requests(1)], { now: start + 1, random: half })
    assert.deepEqual([...second.granted], [])
  })

  it('never grants more than the limit in any second, whatever is asked when', () => {
    const ask = fc.record({ waitMs: fc.nat(700), costs: fc.array(fc.integer({ min: 1, max: 5 })) })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.array(ask), (limit, asks) => {
        let hits: Hits = []
        let now = start
        const grants: { at: number; cost: number }[] = []
        for (const { waitMs, costs } of asks) {
          now += waitMs
          const asked = costs.map((cost, i) => ({ id: `${i}`, cost, urgent: false, putOffs: 0 }))
          const answer = grantPace(hits, limit, asked, { now, random: half })
          hits = answer.hits
          for (const { id, cost } of asked)
            if (answer.granted.has(id)) grants.push({ at: now, cost: Math.min(cost, limit) })
          for (const { nextAt } of answer.putOff) assert.ok(nextAt > now)
        }
        for (const { at } of grants) {
          const inSecond = grants.filter((one) => one.at > at - 1_150 && one.at <= at)
          assert.ok(inSecond.reduce((sum, one) => sum + one.cost, 0) <= limit)
        }
      }),
    )
  })
})
