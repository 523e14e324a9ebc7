import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { advances, contradicts, isFinal, messageStatuses, rankOf } from './message.ts'

const status = fc.constantFrom(...messageStatuses)

describe('advances', () => {
  it('never lets a chain of events fall in rank, whatever their order', () => {
    fc.assert(
      fc.property(fc.array(status, { maxLength: 30 }), (events) => {
        let standing: (typeof events)[number] = 'QUEUED'
        for (const event of events) {
          const before = rankOf[standing]
          if (advances(standing, event)) standing = event
          assert.ok(rankOf[standing] >= before)
        }
      }),
    )
  })

  it('ends in the same status for every order of one outbound life', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(['ACCEPTED', 'SENT', 'DELIVERED', 'READ'] as const, { minLength: 4 }),
        (order) => {
          let standing: (typeof messageStatuses)[number] = 'SENDING'
          for (const event of order) if (advances(standing, event)) standing = event
          assert.equal(standing, 'READ')
        },
      ),
    )
  })

  it('leaves a final status only for READ', () => {
    for (const from of messageStatuses.filter((one) => rankOf[one] === 4)) {
      const next = messageStatuses.filter((one) => advances(from, one))
      assert.deepEqual(next.toSorted(), ['READ', 'RECEIVED'])
    }
  })
})

describe('contradicts', () => {
  it('is true for two different last words only', () => {
    assert.equal(contradicts('DELIVERED', 'UNDELIVERED'), true)
    assert.equal(contradicts('EXPIRED', 'DELIVERED'), true)
    assert.equal(contradicts('DELIVERED', 'DELIVERED'), false)
    assert.equal(contradicts('SENT', 'DELIVERED'), false)
    assert.equal(contradicts('READ', 'FAILED'), false)
  })
})

describe('isFinal', () => {
  it('knows that SENT may be the last word and is not final', () => {
    assert.equal(isFinal('SENT'), false)
    assert.equal(isFinal('UNDELIVERED'), true)
  })
})
