import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { describe, it } from 'node:test'
import { createTestApp, listen } from './app.ts'
import { sidOf, sign, signedCallback } from './signed-callback.ts'

/** What proxies, and strangers who play one, may write on a request. */
const disguises: Record<string, string>[] = [
  { host: 'sms.example.test' },
  { host: 'evil.example' },
  { host: 'sms.example.test:443' },
  { host: 'sms.example.test:8443' },
  { host: '127.0.0.1:3000', 'x-forwarded-host': 'evil.example' },
  { host: 'internal', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' },
  { host: 'internal', 'x-forwarded-proto': 'http', 'x-forwarded-port': '8080' },
  { host: 'internal', 'x-forwarded-prefix': '/evil' },
  { host: 'internal', 'x-forwarded-path': '/evil', 'x-script-name': '/evil' },
  { host: 'internal', forwarded: 'for=1.2.3.4;host=evil.example;proto=http' },
  { host: 'internal', 'x-original-url': '/evil', 'x-rewrite-url': '/evil' },
  { host: 'internal', 'x-original-host': 'evil.example', 'x-forwarded-server': 'evil.example' },
]

/** What a disguise claims that the address is. */
function claimedUrl(disguise: Record<string, string>, path: string): string {
  const forwarded = /host=([^;]+)/.exec(disguise['forwarded'] ?? '')?.[1]
  const host = disguise['x-forwarded-host'] ?? forwarded ?? disguise['host'] ?? ''
  const scheme = disguise['x-forwarded-proto'] ?? (forwarded === undefined ? 'https' : 'http')
  const port = disguise['x-forwarded-port'] === undefined ? '' : `:${disguise['x-forwarded-port']}`
  return `${scheme}://${host}${port}${disguise['x-forwarded-prefix'] ?? ''}${path}`
}

interface Posting {
  path: string
  params: [string, string][]
  signature: string
  headers: Record<string, string>
}

async function postTo(port: number, posting: Posting): Promise<number> {
  const { path, params, signature, headers } = posting
  const request = httpRequest({
    host: '127.0.0.1',
    port,
    path,
    method: 'POST',
    agent: false,
    setHost: false,
    headers: {
      ...headers,
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': signature,
    },
  })
  request.end(new URLSearchParams(params).toString())
  const [response] = (await once(request, 'response')) as [import('node:http').IncomingMessage]
  response.resume()
  return response.statusCode ?? 0
}

describe('the verdict on a callback', () => {
  for (const { publicUrl, basePath, prefix } of [
    { publicUrl: 'https://sms.example.test', prefix: '' },
    { publicUrl: 'https://sms.example.test:8443', prefix: '' },
    { publicUrl: 'https://sms.example.test/deep/sms', prefix: '/deep/sms' },
    // A proxy that cuts the prefix off before we see it.
    { publicUrl: 'https://sms.example.test:8443/sms', basePath: '', prefix: '' },
  ]) {
    it(`depends on nothing but publicUrl: ${publicUrl}, served at "${prefix}"`, async (t) => {
      const http = { basePath }
      const test = await createTestApp(t, {
        config: { publicUrl, ...(basePath === undefined ? {} : { http }) },
      })
      const port = await listen(t, test)
      for (const [n, disguise] of disguises.entries()) {
        const sent = await test.app.messages.send({ toPhone: '+14155552671', message: 'hello' })
        assert.ok(sent.kind === 'accepted')
        const { id } = sent.message
        const statusOf = async () => (await test.app.messages.get(id))?.message.status
        const facts = { sid: sidOf(n + 1), messageId: id, status: 'delivered' }
        const { path: tail, params } = signedCallback(test, facts)
        const path = prefix + tail
        const signed = (url: string) => sign(test.twilio.authToken, url, params)
        const name = JSON.stringify(disguise)
        const claimed = claimedUrl(disguise, path)
        if (claimed !== publicUrl + tail) {
          const forged = { path, params, signature: signed(claimed), headers: disguise }
          assert.equal(await postTo(port, forged), 403, name)
          assert.equal(await statusOf(), 'QUEUED', name)
        }
        const genuine = {
          path,
          params,
          signature: signed(publicUrl + tail),
          headers: disguise,
        }
        assert.equal(await postTo(port, genuine), 204, name)
        assert.equal(await statusOf(), 'DELIVERED', name)
      }
    })
  }
})
