import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { someSettings } from '../../test/fake-services.ts'
import { createClientAddress } from './client-address.ts'

const remote = '192.0.2.1'

function addressBehind(
  trustedProxies: number | string[],
  forwarded: string | undefined,
  remoteAddress: string | undefined = remote,
): string | undefined {
  const find = createClientAddress(someSettings({ http: { trustedProxies } }))
  return find({ headers: { 'x-forwarded-for': forwarded }, remoteAddress })
}

describe('createClientAddress', () => {
  // What arrives, then who it is behind 0, 1 and 2 proxies of our own.
  const table: [string | undefined, string, string, string][] = [
    [undefined, remote, remote, remote],
    ['', remote, remote, remote],
    ['203.0.113.9', remote, '203.0.113.9', '203.0.113.9'],
    ['203.0.113.9, 198.51.100.7', remote, '198.51.100.7', '203.0.113.9'],
    // The client invented the first one.
    ['10.0.0.1, 203.0.113.9, 198.51.100.7', remote, '198.51.100.7', '203.0.113.9'],
    ['127.0.0.1,127.0.0.1,203.0.113.9,198.51.100.7', remote, '198.51.100.7', '203.0.113.9'],
    ['203.0.113.9,198.51.100.7', remote, '198.51.100.7', '203.0.113.9'],
    ['  203.0.113.9 ,  198.51.100.7  ', remote, '198.51.100.7', '203.0.113.9'],
    // Malformed ones are never believed, nor is anything left of them.
    ['203.0.113.9, unknown', remote, remote, remote],
    ['203.0.113.9, ', remote, remote, remote],
    ['evil, 198.51.100.7', remote, '198.51.100.7', '198.51.100.7'],
    ['203.0.113.9, <script>, 198.51.100.7', remote, '198.51.100.7', '198.51.100.7'],
    ['256.1.1.1, 198.51.100.7', remote, '198.51.100.7', '198.51.100.7'],
    ['0x7f.1, 0177.0.0.1', remote, remote, remote],
    ['2130706433, 198.51.100.7', remote, '198.51.100.7', '198.51.100.7'],
    ['203.0.113.9/8, 198.51.100.7', remote, '198.51.100.7', '198.51.100.7'],
    ['٢٠٣.0.113.9, 198.51.100.7', remote, '198.51.100.7', '198.51.100.7'],
    // Ports, brackets, IPv6.
    ['203.0.113.9:4711, 198.51.100.7:80', remote, '198.51.100.7', '203.0.113.9'],
    ['[2001:db8::9]:4711, 2001:DB8:0:0::7', remote, '2001:db8::7', '2001:db8::9'],
    ['::ffff:203.0.113.9, [::ffff:198.51.100.7]', remote, '198.51.100.7', '203.0.113.9'],
    ['fe80::1%eth0, 198.51.100.7', remote, '198.51.100.7', 'fe80::1'],
    ['[203.0.113.9], [::1, 198.51.100.7', remote, '198.51.100.7', '198.51.100.7'],
  ]
  for (const [forwarded, ...expected] of table) {
    it(`reads ${JSON.stringify(forwarded)} behind 0, 1 and 2 proxies`, () => {
      const found = [0, 1, 2].map((proxies) => addressBehind(proxies, forwarded))
      assert.deepEqual(found, expected)
    })
  }

  it('believes proxies by their addresses, as far as the chain of them goes', () => {
    const proxies = ['192.0.2.0/24', '198.51.100.7', '2001:db8:1::/48']
    assert.equal(addressBehind(proxies, '10.9.9.9, 203.0.113.9, 198.51.100.7'), '203.0.113.9')
    assert.equal(addressBehind(proxies, '203.0.113.9, 2001:db8:1::5'), '203.0.113.9')
    assert.equal(addressBehind(proxies, '203.0.113.9, 2001:db8:2::5'), '2001:db8:2::5')
    assert.equal(addressBehind(proxies, '203.0.113.9', '203.0.113.200'), '203.0.113.200')
    assert.equal(addressBehind(proxies, '203.0.113.9', '::ffff:192.0.2.44'), '203.0.113.9')
    assert.equal(addressBehind(proxies, '198.51.100.7, 192.0.2.8'), '198.51.100.7')
    assert.equal(addressBehind(proxies, 'junk, 192.0.2.8'), '192.0.2.8')
  })

  it('knows nobody where the host does not tell and nothing is trusted', () => {
    assert.equal(addressBehind(0, '203.0.113.9', ''), undefined)
    assert.equal(addressBehind(['192.0.2.0/24'], '203.0.113.9', ''), undefined)
    assert.equal(addressBehind(1, '203.0.113.9', ''), '203.0.113.9')
  })

  it('unwraps what the socket itself calls mapped', () => {
    assert.equal(addressBehind(0, undefined, '::ffff:203.0.113.9'), '203.0.113.9')
  })

  it('refuses a wrong range at the start, by the name of the setting', () => {
    for (const range of ['10.0.0.0/33', 'proxy.example', '10.0.0.0/', '::1/129', '']) {
      assert.throws(() => addressBehind([range], undefined), /http\.trustedProxies/, range)
    }
  })
})
