import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createHttp } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { createServer as createTcp } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { listening } from '../../test/listening.ts'
import { systemClock } from '../clock.ts'
import { reachOf } from './addresses.ts'
import { refusalOf } from './hostile-url.ts'
import { createPoster, type Resolve } from './poster.ts'

const pem = readFileSync(
  new URL('../../test/vectors/hooks.example.test.pem', import.meta.url),
  'utf8',
)
const [certificate = '', key = ''] = pem.split(/(?<=END CERTIFICATE-----\n)/)

/** Whoever comes here has been led inside. */
async function canary(
  t: TestContext,
  { host = '::', port = 0 } = {},
): Promise<{ port: number; visits: () => number }> {
  let visits = 0
  const server = createTcp((socket) => {
    visits++
    socket.destroy()
  })
  return { port: await listening(t, server, { host, port }), visits: () => visits }
}

function post(
  url: string,
  options: {
    allowLoopback?: boolean
    resolve?: Resolve
    ca?: string
    timeoutMs?: number
    body?: string
  } = {},
) {
  const { allowLoopback = false, resolve, ca, timeoutMs = 2_000, body = '{}' } = options
  const settings = { webhooks: { allowLoopback } }
  const poster = createPoster({ settings, clock: systemClock, resolve, ca })
  const headers = { 'content-type': 'application/json' }
  return poster.post({ url, headers, body, timeoutMs, signal: new AbortController().signal })
}

// PORT is that of the canary.
const spellings = `
  https://127.0.0.1:PORT/ https://127.1:PORT/ https://2130706433:PORT/ https://0x7f000001:PORT/
  https://0x7f.1:PORT/ https://0177.0.0.1:PORT/ https://017700000001:PORT/ https://0:PORT/
  https://0.0.0.0:PORT/ https://①②⑦.0.0.1:PORT/ https://127。0。0。1:PORT/ https://127．0．0．1:PORT/
  https://[::]:PORT/ https://[::1]:PORT/ https://[0:0:0:0:0:0:0:1]:PORT/
  https://[::ffff:127.0.0.1]:PORT/ https://[::ffff:7f00:1]:PORT/ https://[::127.0.0.1]:PORT/
  https://[64:ff9b::7f00:1]:PORT/ https://[64:ff9b:1::7f00:1]:PORT/ https://[2002:7f00:1::]:PORT/
  https://[fd00:ec2::254]:PORT/ https://[fe80::1]:PORT/ https://[ff02::1]:PORT/
  https://169.254.169.254/latest/ https://100.100.100.200/ https://198.18.0.1:PORT/
  https://user:pass@127.0.0.1:PORT/ https://example.com@127.0.0.1:PORT/
  https://example.com:443@127.0.0.1:PORT/ https://127.0.0.1:PORT\\@example.com/
  https:\\\\127.0.0.1:PORT/ https:127.0.0.1:PORT/ https:/127.0.0.1:PORT/ http://127.0.0.1:PORT/
  file:///etc/passwd gopher://127.0.0.1:PORT/_x ftp://127.0.0.1:PORT/ javascript:alert(1)
  data:text/plain,x https://localhost:PORT/ https://localhost.:PORT/ https://LOCALHOST:PORT/
  https://x.localhost:PORT/ https://metadata/ https://metadata.google.internal/
  https://printer.local/ https://127.0.0.1.:PORT/ //127.0.0.1:PORT/ https://example.com:22/
  https://127.0.0.1%00.example.com:PORT/ https://user@example.com/ https://example.com/#x`

const at = (port: number) =>
  [
    ...spellings.trim().split(/\s+/),
    'https://example.com\t@127.0.0.1:PORT/',
    'https://exa\r\nmple.com/',
    ' https://127.0.0.1:PORT/',
    '',
  ].map((url) => url.replace('PORT', String(port)))

describe('a hostile URL', () => {
  it('reaches nobody, however it is written', async (t) => {
    const { port, visits } = await canary(t)
    const urls = at(port)
    assert.ok(urls.length >= 41)
    for (const url of urls) {
      const posted = await post(url, { resolve: async () => [{ address: '127.0.0.1', family: 4 }] })
      assert.equal(posted.kind, 'refused', JSON.stringify(url))
    }
    assert.equal(visits(), 0)
  })

  it('is refused in the settings already where its text tells', () => {
    for (const url of at(9_443)) {
      assert.notEqual(refusalOf(url, { allowLoopback: false }), undefined, JSON.stringify(url))
    }
    for (const url of [
      'https://example.com/hooks?token=x',
      'https://1.1.1.1/',
      'https://a.example:8443/',
    ])
      assert.equal(refusalOf(url, { allowLoopback: false }), undefined, url)
  })
})

describe('a name', () => {
  const inside = `
    127.0.0.1 127.9.9.9 0.0.0.0 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254
    100.64.0.1 198.18.0.1 192.0.0.8 192.0.2.1 198.51.100.1 203.0.113.1 224.0.0.1 240.0.0.1
    255.255.255.255 168.63.129.16 :: ::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1
    64:ff9b::a00:1 64:ff9b:1::1 2001::1 2001:db8::1 2002:7f00:1:: 3fff::1 fc00::1 fd00:ec2::254
    fe80::1 fe80::1%lo fec0::1 ff02::1 100::1 5f00::1`
    .trim()
    .split(/\s+/)

  it('that leads inside is not followed, alone or beside a public address', async (t) => {
    const { port, visits } = await canary(t)
    for (const address of inside) {
      const hostile = { address, family: address.includes(':') ? 6 : 4 }
      for (const found of [[hostile], [{ address: '1.1.1.1', family: 4 }, hostile]]) {
        const posted = await post(`https://hooks.example.test:${port}/`, {
          resolve: async () => found,
        })
        assert.equal(posted.kind, 'refused', address)
      }
    }
    assert.equal(visits(), 0)
  })

  it('may lead to public addresses', () => {
    for (const address of ['1.1.1.1', '8.8.8.8', '172.32.0.1', '192.0.1.1', '2606:4700::1111'])
      assert.equal(reachOf(address), 'public', address)
  })

  it('is asked for once: an answer that changes after the check changes nothing', async (t) => {
    const server = createHttps({ cert: certificate, key }, (_, response) => response.end())
    const port = await listening(t, server, { host: '127.0.0.2' })
    const { visits } = await canary(t, { port, host: '127.0.0.1' })
    let asked = 0
    const resolve: Resolve = async () => [
      { address: asked++ === 0 ? '127.0.0.2' : '127.0.0.1', family: 4 },
    ]
    const posted = await post(`https://hooks.example.test:${port}/`, {
      allowLoopback: true,
      resolve,
      ca: certificate,
    })
    assert.deepEqual(posted, { kind: 'answered', status: 200 })
    assert.equal(asked, 1)
    assert.equal(visits(), 0)
  })
})

describe('an endpoint', () => {
  it('is reached by its name: certificate, SNI and Host are those of the name', async (t) => {
    let seen: { host: string | undefined; name: unknown } | undefined
    const server = createHttps({ cert: certificate, key }, (request, response) => {
      seen = { host: request.headers.host, name: (request.socket as TLSSocket).servername }
      response.statusCode = 204
      response.end()
    })
    const port = await listening(t, server)
    const resolve: Resolve = async () => [{ address: '127.0.0.1', family: 4 }]
    const options = { allowLoopback: true, resolve, ca: certificate }
    const posted = await post(`https://hooks.example.test:${port}/in`, options)
    assert.deepEqual(posted, { kind: 'answered', status: 204 })
    assert.deepEqual(seen, { host: `hooks.example.test:${port}`, name: 'hooks.example.test' })
    const other = await post(`https://other.example.test:${port}/in`, options)
    assert.deepEqual(other, { kind: 'failed', words: 'ERR_TLS_CERT_ALTNAME_INVALID' })
  })

  const serve = (t: TestContext, answer: (request: IncomingMessage, to: ServerResponse) => void) =>
    listening(t, createHttp(answer))

  it('cannot send us anywhere', async (t) => {
    const { port: trap, visits } = await canary(t)
    for (const status of [301, 302, 303, 307, 308]) {
      const port = await serve(t, (_, response) => {
        response.writeHead(status, { location: `http://127.0.0.1:${trap}/` })
        response.end()
      })
      const posted = await post(`http://127.0.0.1:${port}/`, { allowLoopback: true })
      assert.deepEqual(posted, { kind: 'answered', status })
    }
    assert.equal(visits(), 0)
  })

  it('may answer without end: it is not listened to', async (t) => {
    const port = await serve(t, (_, response) => {
      const more = () => {
        while (response.write('x'.repeat(65_536)));
      }
      response.on('drain', more)
      more()
    })
    const posted = await post(`http://127.0.0.1:${port}/`, { allowLoopback: true })
    assert.deepEqual(posted, { kind: 'answered', status: 200 })
  })

  it('that is silent or away is no success', async (t) => {
    const silent = await serve(t, () => undefined)
    const options = { allowLoopback: true, timeoutMs: 50 }
    assert.deepEqual(await post(`http://127.0.0.1:${silent}/`, options), {
      kind: 'failed',
      words: 'timed out',
    })
    const never = new Promise<never>(() => undefined)
    assert.deepEqual(
      await post('https://hooks.example.test/', { resolve: () => never, timeoutMs: 50 }),
      { kind: 'failed', words: 'timed out' },
    )
    const { port } = await canary(t)
    assert.deepEqual(await post(`http://127.0.0.1:${port}/`, { allowLoopback: true }), {
      kind: 'failed',
      words: 'ECONNRESET',
    })
  })
})
