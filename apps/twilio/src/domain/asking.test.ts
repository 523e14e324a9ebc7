import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { askAgainAt, askAt, type Asked, lacksCost } from './asking.ts'
import { messageStatuses } from './message.ts'

const settings = {
  pollAfterSeconds: [60, 120],
  pollGiveUpSeconds: 3_600,
  priceAfterSeconds: [120, 3_600],
}
const minute = 60_000
const known = (overrides: Partial<Asked>): Asked => ({
  status: 'DELIVERED',
  providerMsgId: 'SM1',
  price: undefined,
  numSegments: 1,
  ...overrides,
})

describe('askAt', () => {
  it('follows the steps while a message is not final', () => {
    const sent = known({ status: 'SENT', price: '0.1' })
    const asked = [0, 1, 9].map((polls) => askAt(sent, { polls, silentMs: 0, now: 7 }, settings))
    assert.deepEqual(asked, [minute + 7, 2 * minute + 7, 2 * minute + 7])
    assert.equal(askAt(sent, { polls: 0, silentMs: 3_600_000, now: 7 }, settings), undefined)
  })

  it('comes to a whole minute while the cost of a final one is not known', () => {
    const asked = [0, 1, 2].map((polls) =>
      askAt(known({}), { polls, silentMs: 0, now: 10_001 }, settings),
    )
    assert.deepEqual(asked, [3 * minute, 61 * minute, undefined])
  })

  it('asks once about the cost of what failed', () => {
    const failed = known({ status: 'FAILED' })
    const asked = [0, 1].map((polls) => askAt(failed, { polls, silentMs: 0, now: 0 }, settings))
    assert.deepEqual(asked, [2 * minute, undefined])
  })

  it('asks nothing about what the carrier does not have, or has told all of', () => {
    const moment = { polls: 0, silentMs: 0, now: 0 }
    assert.equal(askAt(known({ providerMsgId: undefined }), moment, settings), undefined)
    assert.equal(askAt(known({ price: '0.1' }), moment, settings), undefined)
    assert.notEqual(
      askAt(known({ price: '0.1', numSegments: undefined }), moment, settings),
      undefined,
    )
  })
})

describe('askAgainAt', () => {
  it('gives up on a final message a silence after its last planned question', () => {
    const planned = 3_720_000
    const at = (silentMs: number) => askAgainAt(known({}), { polls: 3, silentMs, now: 0 }, settings)
    assert.equal(at(planned + 3_599_999), 2 * minute)
    assert.equal(at(planned + 3_600_000), undefined)
  })
})

describe('lacksCost', () => {
  it('is true of what was handed to the carrier and is final', () => {
    assert.deepEqual(
      messageStatuses.filter((status) => lacksCost(known({ status }))),
      ['DELIVERED', 'UNDELIVERED', 'FAILED', 'READ'],
    )
  })
})
