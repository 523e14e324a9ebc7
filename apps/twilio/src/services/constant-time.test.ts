import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isSameSecret } from './constant-time.ts'

describe('isSameSecret', () => {
  it('is true for the same text only', () => {
    assert.ok(isSameSecret('012345', '012345'))
    for (const given of ['012346', '12345', '0123456', '', '０12345']) {
      assert.ok(!isSameSecret('012345', given))
    }
  })
})
