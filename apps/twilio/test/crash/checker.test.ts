import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Evidence, invariants, judge } from './checker.ts'
import type { Deed, Entry } from './history.ts'
import type { LedgerEvent, LedgerRow } from './ledger.ts'
import type { Accept } from './twilio.ts'

const to = '+14155552671'
const row: LedgerRow = {
  id: 'm1',
  to,
  text: 'one',
  status: 'DELIVERED',
  sid: 'SM1',
  segments: 1,
  createdAt: 0,
}
const accept: Accept = { sid: 'SM1', to, body: 'one', segments: 1, at: 0 }
const step: LedgerEvent = {
  id: 'm1',
  status: 'QUEUED',
  source: 'api',
  applied: true,
  detail: null,
  at: 0,
}
const posted: Deed = { kind: 'post', event: 'invoke', key: 'k1', to, text: 'one' }
const taken: Deed = { kind: 'post', event: 'ok', key: 'k1', id: 'm1', replayed: false }

function told(...deeds: Deed[]): Entry[] {
  return deeds.map((deed, at) => ({ ...deed, actor: 'client-1', at }))
}

/** A run of one message in which everything went well. */
const good: Evidence = {
  history: told(posted, taken, { kind: 'read', event: 'ok', id: 'm1', status: 'SENT' }),
  rows: [row],
  events: [step, { ...step, status: 'SENDING' }, { ...step, status: 'DELIVERED' }],
  accepts: [accept],
  rules: { settleAfterSeconds: 2, messagesPerPhone: 1 },
}

function breaches(rule: keyof typeof invariants, broken: Partial<Evidence>): number {
  return invariants[rule]({ ...good, ...broken }).length
}

const doubt: LedgerEvent = { ...step, status: 'IN_DOUBT', source: 'worker' }

describe('the checker', () => {
  it('finds nothing in a run in which everything went well', () => {
    assert.deepEqual(judge(good), [])
    const resent = { ...step, detail: 'the carrier does not know it', at: 2_000 }
    const settled = [doubt, { ...step, status: 'ACCEPTED', source: 'poll' } as const]
    assert.equal(breaches('J9', { events: [doubt, resent, ...settled] }), 0)
  })

  it('J1 misses a message that was taken and is gone, or never left, or left and failed', () => {
    assert.equal(breaches('J1', { rows: [] }), 1)
    assert.equal(breaches('J1', { accepts: [] }), 1)
    assert.equal(breaches('J1', { rows: [{ ...row, status: 'FAILED' }] }), 1)
    assert.equal(breaches('J1', { rows: [{ ...row, status: 'FAILED' }], accepts: [] }), 0)
  })

  it('J2 sees a text that arrived twice', () => {
    assert.equal(breaches('J2', { accepts: [accept, { ...accept, sid: 'SM2' }] }), 1)
  })

  it('J3 sees a text that nobody has posted, or that has no row', () => {
    assert.equal(breaches('J3', { accepts: [accept, { ...accept, body: 'two' }] }), 1)
    assert.equal(breaches('J3', { rows: [] }), 1)
  })

  it('J4 sees a 404 after a 202', () => {
    const gone: Deed = { kind: 'read', event: 'fail', id: 'm1', httpStatus: 404 }
    assert.equal(breaches('J4', { history: told(posted, taken, gone) }), 1)
    assert.equal(breaches('J4', { history: told(posted, gone, taken) }), 0)
  })

  it('J5 sees a status that falls, and a final one that becomes another', () => {
    const read = (status: LedgerRow['status']): Deed => {
      return { kind: 'read', event: 'ok', id: 'm1', status }
    }
    assert.equal(breaches('J5', { history: told(read('SENT'), read('ACCEPTED')) }), 1)
    assert.equal(breaches('J5', { history: told(read('FAILED'), read('DELIVERED')) }), 1)
    assert.equal(breaches('J5', { history: told(read('IN_DOUBT'), read('QUEUED')) }), 0)
    const events = [{ ...step, status: 'ACCEPTED' } as const, step]
    assert.equal(breaches('J5', { events }), 1)
  })

  it('J6 sees a key with two ids, and a text with two rows', () => {
    assert.equal(breaches('J6', { history: told(posted, taken, { ...taken, id: 'm2' }) }), 1)
    assert.equal(breaches('J6', { rows: [row, { ...row, id: 'm2' }] }), 1)
  })

  it('J7 sees a phone with more messages than it may have', () => {
    assert.equal(breaches('J7', { rows: [row, { ...row, id: 'm2', text: 'two' }] }), 1)
  })

  it('J9 sees a doubt without an end, without a reason, and one that did not rest', () => {
    assert.equal(breaches('J9', { rows: [{ ...row, status: 'IN_DOUBT' }] }), 1)
    const requeued: LedgerEvent = { ...step, source: 'worker', at: 2_000 }
    assert.equal(breaches('J9', { events: [doubt, requeued] }), 1)
    const hasty = { ...requeued, detail: 'the carrier does not know it', at: 1_999 }
    assert.equal(breaches('J9', { events: [doubt, hasty] }), 1)
  })

  it('J11 sees another number of segments than Twilio has counted', () => {
    assert.equal(breaches('J11', { rows: [{ ...row, segments: 2 }] }), 1)
  })
})
