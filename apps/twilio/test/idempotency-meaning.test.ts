import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { createTestApp, type TestApp } from './app.ts'

interface Body {
  to_phone: string
  message: string
  from_phone?: string
  priority?: 'normal' | 'bulk'
  metadata?: Record<string, string>
  send_at?: string
  expires_at?: string
}

function send(test: TestApp, key: string, text: string) {
  return test.request('POST', '/api/sms/send/', text, { 'idempotency-key': key })
}

const day = 86_400_000
const noon = Date.UTC(2026, 10, 1, 12)
const moment = (least: number, most: number) =>
  fc.integer({ min: noon + least, max: noon + most }).map((ms) => new Date(ms).toISOString())
const phone = fc.integer({ min: 2_000, max: 9_999 }).map((n) => `+1415555${n}`)
const message = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .filter((text) => text.trim() !== '' && !text.includes('\0') && text.isWellFormed())
const metadata = fc.dictionary(
  fc.stringMatching(/^[a-z]{1,8}$/).filter((name) => !(name in {})),
  fc.string({ maxLength: 10 }),
  { maxKeys: 4, noNullPrototype: true },
)
const optional = {
  from_phone: fc.constantFrom('+15005550006', '+14155550100', 'SHOP'),
  priority: fc.constantFrom('normal' as const, 'bulk' as const),
  metadata,
  send_at: moment(0, 5 * day),
  expires_at: moment(6 * day, 9 * day),
}
const body: fc.Arbitrary<Body> = fc.record(
  { to_phone: phone, message, ...optional },
  { requiredKeys: ['to_phone', 'message'] },
)

/** One field gets another value, comes or goes. */
const change: fc.Arbitrary<(body: Body) => Body> = fc.oneof(
  fc.record({ to_phone: phone }).map(laidOver),
  fc.record({ message }).map(laidOver),
  fc.record(optional, { requiredKeys: [] }).map(laidOver),
  fc.constantFrom('from_phone', 'metadata', 'send_at', 'expires_at').map(without),
)

function laidOver(values: Partial<Body>): (body: Body) => Body {
  return (body) => ({ ...body, ...values })
}

function without(name: keyof Body): (body: Body) => Body {
  return (body) => Object.fromEntries(Object.entries(body).filter(([one]) => one !== name)) as never
}

/** The same meaning in one spelling: what is left out and its default are the same. */
function meaningOf(body: Body): string {
  const sorted = (fields: object) => Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const metadata = sorted(body.metadata ?? {})
  return JSON.stringify(sorted({ ...body, metadata, priority: body.priority ?? 'normal' }))
}

/** The same meaning in another spelling. */
const spelling = fc.record({ indent: fc.nat(4), order: fc.infiniteStream(fc.nat()) })

function spell(body: Body, { indent, order }: { indent: number; order: Iterable<number> }): string {
  const numbers = order[Symbol.iterator]()
  const shuffle = (entries: [string, unknown][]) =>
    entries
      .map((entry) => ({ entry, place: Number(numbers.next().value) }))
      .toSorted((a, b) => a.place - b.place)
      .map(({ entry }) => entry)
  const { metadata } = body
  const shuffled =
    metadata === undefined
      ? body
      : { ...body, metadata: Object.fromEntries(shuffle(Object.entries(metadata))) }
  return JSON.stringify(Object.fromEntries(shuffle(Object.entries(shuffled))), null, indent)
}

describe('the meaning of a request with an Idempotency-Key', () => {
  it('decides: 200 equal ones get the message, 200 different ones 422 and nothing is sent', async (t) => {
    const test = await createTestApp(t)
    const seen = { equal: 0, different: 0 }
    let key = 0
    await fc.assert(
      fc.asyncProperty(body, change, spelling, spelling, async (body, change, one, other) => {
        const name = `key-${key++}`
        const first = await send(test, name, spell(body, one))
        assert.equal(first.status, 202, first.text)
        const equal = await send(test, name, spell(body, other))
        assert.deepEqual([equal.status, equal.body['id']], [202, first.body['id']])
        seen.equal++
        const changed = change(body)
        const answer = await send(test, name, spell(changed, one))
        if (meaningOf(changed) === meaningOf(body)) {
          assert.deepEqual([answer.status, answer.body['id']], [202, first.body['id']])
        } else {
          seen.different++
          assert.deepEqual([answer.status, answer.body['code']], [422, 'idempotency-key-reused'])
        }
      }),
      { numRuns: 300 },
    )
    t.diagnostic(JSON.stringify(seen))
    assert.ok(seen.equal >= 200 && seen.different >= 200, JSON.stringify(seen))
    // Until the last of them is due, in steps in which nothing expires.
    for (let passed = 0; passed < 6 * day; passed += day / 8) {
      await test.app.runDue()
      await test.advance(day / 8)
    }
    assert.equal(test.twilio.messages().length, key)
  })
})
