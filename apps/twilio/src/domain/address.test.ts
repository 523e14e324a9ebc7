import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { addressKey } from './address.ts'

describe('addressKey', () => {
  it('keeps an IPv4 address, also inside IPv6', () => {
    assert.equal(addressKey('192.0.2.1'), '192.0.2.1')
    assert.equal(addressKey('::ffff:192.0.2.1'), '192.0.2.1')
    assert.notEqual(addressKey('192.0.2.1'), addressKey('192.0.2.2'))
  })

  it('counts IPv6 by its /64, however it is spelled', () => {
    const key = addressKey('2001:db8:1:2::1')
    assert.equal(key, '2001:db8:1:2::/64')
    assert.equal(addressKey('2001:0DB8:0001:0002:ffff:ffff:ffff:ffff'), key)
    assert.equal(addressKey('2001:db8:1:2::1%eth0'), key)
    assert.notEqual(addressKey('2001:db8:1:3::1'), key)
  })

  it('leaves a key as it is', () => {
    for (const address of ['192.0.2.1', '2001:db8:1:2::1', '::1', 'x']) {
      assert.equal(addressKey(addressKey(address)), addressKey(address))
    }
    assert.equal(addressKey('192.0.2.1/64'), 'unknown')
  })

  it('gives everything else one key, so that nonsense buys no fresh budget', () => {
    const keys = ['', 'x', '1.2.3', '192.0.2.1, 192.0.2.9', '<script>'].map(addressKey)
    assert.deepEqual(new Set(keys), new Set(['unknown']))
  })
})
