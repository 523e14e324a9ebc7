import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { publicUrl } from '../app.ts'
import { createDesk, signIn, visit } from './desk.ts'

const evil = 'https://evil.example'

/** What browsers send for forms and scripts of other pages, and what a page of ours must not forget. */
const foreign: [string, Record<string, string>][] = [
  ['a form of another site', { origin: evil, 'sec-fetch-site': 'cross-site' }],
  ['a form of another site in an old browser', { origin: evil, 'sec-fetch-site': '' }],
  [
    'a script of another site',
    { origin: evil, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' },
  ],
  ['a frame without an origin', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
  ['a data: page in an old browser', { origin: 'null', 'sec-fetch-site': '' }],
  [
    'a neighbour below the same domain',
    { origin: 'https://cms.example.test', 'sec-fetch-site': 'same-site' },
  ],
  ['a neighbour in an old browser', { origin: 'https://cms.example.test', 'sec-fetch-site': '' }],
  [
    'the same name without TLS',
    { origin: 'http://sms.example.test', 'sec-fetch-site': 'cross-site' },
  ],
  ['the same host on another port', { origin: `${publicUrl}:8443`, 'sec-fetch-site': 'same-site' }],
  [
    'the same host on another port, in an old browser',
    { origin: `${publicUrl}:8443`, 'sec-fetch-site': '' },
  ],
  ['a name that begins alike', { origin: `${publicUrl}.evil.example`, 'sec-fetch-site': '' }],
  [
    'an address with our name as its user',
    { origin: `https://sms.example.test@evil.example`, 'sec-fetch-site': '' },
  ],
  ['what somebody typed', { origin: '', 'sec-fetch-site': 'none' }],
  ['a request without a word', { origin: '', 'sec-fetch-site': '' }],
  ['a page of ours that says otherwise', { origin: publicUrl, 'sec-fetch-site': 'cross-site' }],
  ['no token', { 'x-csrf-token': '' }],
  ['a made-up token', { 'x-csrf-token': 'A'.repeat(43) }],
  ['a token in another case', { 'x-csrf-token': 'LOWER' }],
  ['a token twice', { 'x-csrf-token': 'TWICE' }],
  ['a token of somebody else', { 'x-csrf-token': 'OTHER' }],
]

describe('pages of other sites', () => {
  it('can change nothing with the cookie of somebody who is signed in', async (t) => {
    const test = await createDesk(t)
    const admin = await visit(test, 'admin')
    const other = await visit(test, 'operator')
    const tokens: Record<string, string> = {
      LOWER: admin.csrf.toLowerCase(),
      TWICE: `${admin.csrf}, ${admin.csrf}`,
      OTHER: other.csrf,
    }
    for (const [words, headers] of foreign) {
      const token = headers['x-csrf-token']
      const sent = { ...headers, ...(token ? { 'x-csrf-token': tokens[token] ?? token } : {}) }
      const given = Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== ''))
      const gone = Object.keys(sent).filter((name) => sent[name as keyof typeof sent] === '')
      const reply = await test.request(
        'POST',
        '/admin/api/keys/',
        { name: 'theirs', scopes: ['admin'] },
        {
          ...Object.fromEntries(
            Object.entries({
              authorization: '',
              cookie: admin.cookie,
              origin: publicUrl,
              'sec-fetch-site': 'same-origin',
              'x-csrf-token': admin.csrf,
            }).filter(([name]) => !gone.includes(name)),
          ),
          ...given,
        },
      )
      assert.deepEqual([reply.status, reply.body['code']], [403, 'forbidden'], words)
    }
    const keys = await test.app.apiKeys.list()
    assert.ok(keys.every(({ name }) => name !== 'theirs'))
    const ours = await admin.ask('POST', 'keys/', { name: 'ours', scopes: ['send'] })
    assert.equal(ours.status, 201, ours.text)
  })

  it('cannot sign anybody in or out, and cannot frame or read the pages', async (t) => {
    const test = await createDesk(t)
    const account = { name: 'admin', password: 'a staple of correct horses' }
    const reply = await signIn(test, account, { origin: evil, 'sec-fetch-site': 'cross-site' })
    assert.equal(reply.status, 403)
    assert.equal(reply.headers.get('set-cookie'), null)
    const admin = await visit(test, 'admin')
    const out = await admin.ask('DELETE', 'session/', undefined, { origin: evil })
    assert.equal(out.status, 403)
    const page = await test.request('GET', '/admin/', undefined, { authorization: '' })
    assert.equal(page.status, 200)
    assert.match(page.headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/)
    assert.doesNotMatch(page.headers.get('content-security-policy') ?? '', /unsafe|\*/)
    const read = await admin.ask('GET', 'messages/', undefined, { origin: evil })
    assert.equal(read.headers.get('access-control-allow-origin'), null)
  })
})
