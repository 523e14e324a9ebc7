import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createTestApp, type TestApp } from '../app.ts'

const places = [
  'status',
  'direction',
  'channel',
  'error',
  'sender',
  'q',
  'since',
  'before',
  'limit',
]

/** What breaks SQL, LIKE, JSON, dates and numbers where they are not kept apart from it. */
const payloads = [
  "'",
  "''",
  '"',
  '`',
  "' or '1'='1",
  "' or 1=1 --",
  "'; drop table sms_log; --",
  '") or ("1"="1',
  "1' union select * from sms_api_key --",
  "admin'/*",
  '*/',
  '--',
  '#',
  ';',
  '\\',
  "\\'",
  '%',
  '%%',
  '_',
  '____',
  '%41',
  '[a-z]',
  '*',
  '?',
  '{',
  '}',
  '$1',
  '$$',
  ':x',
  '@x',
  '?1',
  '\u0000',
  '\uD800',
  'NULL',
  'null',
  'undefined',
  'true',
  '0',
  '-1',
  '1e9',
  '0x10',
  'NaN',
  'Infinity',
  '9'.repeat(30),
  '+1415555%',
  '+14155552671\u0000',
  '....',
  '0000',
  '1%',
  'x'.repeat(199),
  '\u202e',
  '😀',
  'ß',
  'İ',
]

async function ask(test: TestApp, query: Record<string, string>) {
  return test.request('GET', `/admin/api/messages/?${new URLSearchParams(query).toString()}`)
}

function textsOf(ids: Map<string, string>, body: Record<string, unknown>): string[] {
  return (body['messages'] as { id: string }[]).map(({ id }) => ids.get(id) ?? '').toSorted()
}

describe('the filters of messages', () => {
  it('are values and never SQL, in every place', async (t) => {
    const test = await createTestApp(t)
    await test.app.messages.send({ toPhone: '+14155552671', message: 'hello' })
    let asked = 0
    for (const place of places) {
      for (const payload of payloads) {
        const { status, text } = await ask(test, { [place]: payload })
        assert.ok(status === 200 || status === 400, `${place} ${payload} ${status} ${text}`)
        asked++
      }
    }
    for (const payload of payloads) {
      const query = new URLSearchParams({ q: payload, status: payload }).toString()
      const { status } = await test.request('GET', `/admin/api/verifications/?${query}`)
      assert.ok(status === 200 || status === 400)
    }
    assert.ok(asked > 400)
    assert.deepEqual(
      test.logs.filter(({ level }) => level === 'error'),
      [],
    )
  })

  it('find in texts what stands there, letter by letter', async (t) => {
    const test = await createTestApp(t)
    const ids = new Map<string, string>()
    for (const payload of payloads) {
      const message = `a ${payload} b`
      const result = await test.app.messages.send({ toPhone: '+14155552671', message })
      if (result.kind === 'accepted') ids.set(result.message.id, message)
    }
    const all = [...ids.values()]
    assert.ok(all.length > 45)
    const lower = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
    // What is all digits and marks of phones is looked for in phones.
    const words = payloads.filter((q) => /[^\d\s().+-]/.test(q.trim()) && q === q.trim())
    for (const q of words) {
      const { status, body } = await ask(test, { q, limit: '100' })
      if (status === 400) continue
      const expected = all.filter((text) => lower(text).includes(lower(q)))
      assert.deepEqual(textsOf(ids, body), expected.toSorted(), q)
    }
  })

  it('find phones, ends of phones, ids, SIDs, senders and times', async (t) => {
    const test = await createTestApp(t)
    const send = async (toPhone: string, fromPhone?: string) => {
      const result = await test.app.messages.send({ toPhone, message: 'hello', fromPhone })
      assert.equal(result.kind, 'accepted')
      await test.advance(1_000)
      return result.kind === 'accepted' ? result.message : undefined
    }
    const one = await send('+14155552671')
    const two = await send('+14155552672', 'Shop')
    const three = await send('+14155552671')
    const found = async (query: Record<string, string>) => {
      const { status, body, text } = await ask(test, query)
      assert.equal(status, 200, text)
      return (body['messages'] as { id: string }[]).map(({ id }) => id)
    }
    assert.ok(one && two && three)
    const since = new Date(two.createdAt).toISOString()
    assert.deepEqual(await found({ q: '+14155552671' }), [three.id, one.id])
    assert.deepEqual(await found({ q: '+1 (415) 555-2671' }), [three.id, one.id])
    assert.deepEqual(await found({ q: '2672' }), [two.id])
    assert.deepEqual(await found({ q: two.id.toUpperCase() }), [two.id])
    assert.deepEqual(await found({ sender: 'Shop' }), [two.id])
    assert.deepEqual(await found({ since }), [three.id, two.id])
    assert.deepEqual(await found({ until: since }), [one.id])
    assert.deepEqual(await found({ status: 'queued,FAILED', limit: '1' }), [three.id])
    assert.deepEqual(await found({ direction: 'inbound' }), [])
    await test.app.runDue()
    const sid = (await test.app.messages.get(one.id))?.message.providerMsgId ?? ''
    assert.deepEqual(await found({ q: sid }), [one.id])
  })

  it('answer every message once, page by page, under every filter', async (t) => {
    const test = await createTestApp(t)
    const phones = ['+14155552671', '+14155552672', '+14155552673']
    for (let i = 0; i < 30; i++) {
      const toPhone = phones[i % 3] ?? ''
      await test.app.messages.send({ toPhone, message: `text ${i}` })
    }
    for (const [query, count] of [
      [{}, 30],
      [{ q: phones[0] ?? '' }, 10],
      [{ q: '2672' }, 10],
      [{ q: 'text 1' }, 11],
      [{ status: 'QUEUED' }, 30],
    ] as const) {
      const seen: string[] = []
      let before: string | undefined
      for (let pages = 0; pages < 20; pages++) {
        const page = before === undefined ? {} : { before }
        const { body } = await ask(test, { ...query, ...page, limit: '7' })
        seen.push(...(body['messages'] as { id: string }[]).map(({ id }) => id))
        if (body['next'] === null) break
        before = body['next'] as string
      }
      assert.equal(seen.length, count, JSON.stringify(query))
      assert.deepEqual(seen, [...new Set(seen)].toSorted().toReversed())
    }
  })
})
