import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { createIds, isId } from './id.ts'

function clockAt(moments: number[]) {
  return { now: () => moments.shift() ?? 0, monotonic: () => 0, after: () => () => {} }
}

describe('createIds', () => {
  it('makes UUIDs of version 7 that carry their millisecond', () => {
    const id = createIds(clockAt([0x0190_1234_5678]), randomBytes)()
    assert.match(id, /^01901234-5678-7000-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    assert.ok(isId(id))
  })

  it('sorts by creation within one millisecond, past the counter, and when the clock goes back', () => {
    const moments = [
      ...Array.from({ length: 6_000 }, () => 1_000),
      ...Array.from({ length: 50 }, () => 10),
    ]
    const newId = createIds(clockAt([...moments]), randomBytes)
    const ids = moments.map(() => newId())
    assert.deepEqual(ids.toSorted(), ids)
    assert.equal(new Set(ids).size, ids.length)
  })
})

describe('isId', () => {
  it('refuses other spellings', () => {
    for (const text of [
      '',
      'x',
      '01901234567870008000000000000000',
      '01901234-5678-7000-8000-00000000000G',
    ]) {
      assert.equal(isId(text), false)
    }
  })
})
