import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { createTestApp, type TestApp } from './app.ts'
import { live } from './traffic.ts'

const dayMs = 86_400_000
const canaries = Array.from({ length: 1_000 }, (_, i) => {
  const digits = String(i).padStart(4, '0')
  return {
    toPhone: `+1415556${digits}`,
    text: `canary-text-${digits}`,
    note: `canary-note-${digits}`,
  }
})

/** An app on a file that has sent every canary, limits and verifications included. */
async function openCage(t: TestContext): Promise<{ test: TestApp; file: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'hsb-twilio-retention-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'sms.db')
  const test = await createTestApp(t, {
    config: {
      database: `file:${file}`,
      throttles: {
        messagesPerPhone: [{ limit: 5, windowSeconds: 86_400 }],
        codesPerPhone: [{ limit: 5, windowSeconds: 86_400 }],
        startsPerAddress: [],
      },
      verification: {
        backend: 'own-codes',
        secrets: ['a secret of a test, long enough to be one'],
        countries: 'all',
      },
    },
  })
  // Some fail, and what Twilio says of that is kept as well.
  test.twilio.behave({ kind: 'refuse', code: 21614, times: 50 })
  test.twilio.behave({ kind: 'undelivered', code: 30_003, times: 50 })
  // The others are found by asking: each callback would be a commit of its own.
  test.twilio.behave({ kind: 'lost-callbacks', times: 1_100 })
  await Promise.all(
    canaries.map(async ({ toPhone, text, note }) => {
      const input = { toPhone, message: `${text} `.repeat(9), metadata: { note } }
      const { kind } = await test.app.messages.send({ ...input, idempotencyKey: note })
      assert.equal(kind, 'accepted')
    }),
  )
  for (const { toPhone } of canaries.slice(0, 200))
    assert.equal((await test.app.verifications.start({ toPhone })).kind, 'started')
  await live(test, 300)
  return { test, file }
}

const patterns = {
  toPhone: /\+1415556\d{4}/g,
  text: /canary-text-\d{4}/g,
  note: /canary-note-\d{4}/g,
}

/** How many canaries are in the bytes of the file or its log. */
function seenIn(file: string, what: keyof typeof patterns): number {
  const bytes = [file, `${file}-wal`]
    .map((path) => (existsSync(path) ? readFileSync(path, 'latin1') : ''))
    .join('')
  return new Set(bytes.match(patterns[what])).size
}

async function later(test: TestApp, ms: number): Promise<void> {
  await test.advance(ms)
  await test.app.runDue()
}

describe('the file of the database', () => {
  it('holds no text after 30 days and no number after 400: 1,000 canaries', async (t) => {
    const { test, file } = await openCage(t)
    await later(test, 29 * dayMs)
    const before = (['text', 'note', 'toPhone'] as const).map((what) => seenIn(file, what))
    assert.deepEqual(before, [1_000, 1_000, 1_000])
    await later(test, 1 * dayMs)
    assert.deepEqual([seenIn(file, 'text'), seenIn(file, 'note')], [0, 0])
    assert.equal(seenIn(file, 'toPhone'), 1_000)
    await later(test, 370 * dayMs)
    assert.equal(seenIn(file, 'toPhone'), 0)
  })

  it('holds them a minute longer where another process is just reading', async (t) => {
    const { test, file } = await openCage(t)
    const reader = new DatabaseSync(file)
    t.after(() => reader.close())
    await test.advance(30 * dayMs)
    reader.exec('begin; select count(*) from sms_log')
    reader.prepare('select count(*) from sms_log').get()
    await test.app.runDue()
    assert.notEqual(seenIn(file, 'text'), 0, 'the reader still sees them')
    reader.exec('commit')
    await later(test, 60_000)
    assert.equal(seenIn(file, 'text'), 0)
  })
})
