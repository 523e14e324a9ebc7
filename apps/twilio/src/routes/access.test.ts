import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { someSettings } from '../../test/fake-services.ts'
import type { AccessRequest } from '../domain/access.ts'
import type { ApiKeys } from '../services/api-keys.ts'
import { createAuthorize, refusesOpenHost } from './access.ts'

const keys: ApiKeys = {
  create: async () => ({ id: '', key: '' }),
  list: async () => [],
  revoke: async () => false,
  principalOf: async (key) => (key === 'hsb_good' ? { id: 'k1', scopes: ['send'] } : undefined),
}

function aRequest(headers: AccessRequest['headers'], clientAddress = '127.0.0.1'): AccessRequest {
  return { method: 'POST', path: '/', headers, clientAddress }
}

describe('createAuthorize', () => {
  it('asks the host alone where it decides', async () => {
    const authorize = createAuthorize({
      settings: someSettings({ authorize: () => ({ id: 'host', scopes: ['read'] }) }),
      apiKeys: keys,
      openOnLoopback: true,
    })
    const principal = await authorize(aRequest({ authorization: 'Bearer hsb_good' }))
    assert.deepEqual(principal, { id: 'host', scopes: ['read'] })
  })

  it('takes a key as a bearer token, in any case of the word, and nothing else', async () => {
    const authorize = createAuthorize({ settings: someSettings(), apiKeys: keys })
    const table: [string | undefined, boolean][] = [
      ['Bearer hsb_good', true],
      ['bearer hsb_good', true],
      ['BEARER  hsb_good', true],
      [undefined, false],
      ['', false],
      ['Bearer', false],
      ['Bearer ', false],
      ['Bearer hsb_bad', false],
      ['Bearer hsb_good, Bearer hsb_good', false],
      ['Basic hsb_good', false],
      ['hsb_good', false],
    ]
    for (const [authorization, passes] of table) {
      const principal = await authorize(aRequest({ authorization }))
      assert.equal(principal?.id === 'k1', passes, String(authorization))
    }
  })

  it('keeps this machine out unless it is asked to let it in', async () => {
    const authorize = createAuthorize({ settings: someSettings() })
    assert.equal(await authorize(aRequest({ host: 'localhost:3000' })), undefined)
  })

  describe('with openOnLoopback', () => {
    const authorize = createAuthorize({
      settings: someSettings(),
      apiKeys: keys,
      openOnLoopback: true,
    })
    const isOpen = async (headers: AccessRequest['headers'], address?: string) =>
      (await authorize(aRequest(headers, address)))?.id === 'local'

    it('lets programs on this machine in, with every scope', async () => {
      assert.ok(await isOpen({ host: 'localhost:3000' }))
      assert.ok(await isOpen({ host: '127.0.0.1' }))
      assert.ok(await isOpen({ host: '[::1]:3000' }, '::1'))
      const principal = await authorize(aRequest({ host: 'localhost' }))
      assert.deepEqual(principal?.scopes, ['send', 'read', 'verify', 'admin'])
    })

    it('keeps everyone else out', async () => {
      assert.ok(!(await isOpen({ host: 'localhost' }, '192.0.2.1')))
      // A tunnel or proxy on this machine.
      for (const name of ['x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'forwarded', 'via']) {
        assert.ok(!(await isOpen({ host: 'localhost', [name]: '127.0.0.1' })), name)
      }
      // A page whose name was pointed at 127.0.0.1.
      assert.ok(!(await isOpen({ host: 'evil.example:3000' })))
      assert.ok(!(await isOpen({ host: '127.0.0.1.evil.example' })))
      assert.ok(!(await isOpen({})))
    })

    it('does not let a wrong key pass as no key', async () => {
      assert.ok(!(await isOpen({ host: 'localhost', authorization: 'Bearer hsb_bad' })))
    })
  })
})

describe('refusesOpenHost', () => {
  it('refuses every host but loopback where nobody is asked who he is', () => {
    const settings = someSettings()
    const isRefused = (host: string | undefined) =>
      refusesOpenHost({ host, settings, hasApiKeys: false }) !== undefined
    for (const host of ['0.0.0.0', '::', undefined, '192.168.1.5', 'example.com', '']) {
      assert.ok(isRefused(host), String(host))
    }
    for (const host of ['127.0.0.1', '127.8.8.8', '::1', 'localhost']) assert.ok(!isRefused(host))
  })

  it('refuses nothing where there is a key or the host decides', () => {
    const open = { host: '0.0.0.0', settings: someSettings(), hasApiKeys: true }
    assert.equal(refusesOpenHost(open), undefined)
    const settings = someSettings({ authorize: () => undefined })
    assert.equal(refusesOpenHost({ host: '0.0.0.0', settings, hasApiKeys: false }), undefined)
  })
})
