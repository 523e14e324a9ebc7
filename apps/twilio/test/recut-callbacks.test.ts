import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it, type TestContext } from 'node:test'
import { createTestApp, publicUrl, type TestApp } from './app.ts'
import { createDice } from './dice.ts'
import { inboundMessage } from './inbound-post.ts'
import { recut } from './recuts.ts'
import { post, type SignedCallback, sidOf, sign, signedCallback } from './signed-callback.ts'

/** An app on a file, so that every row of it can be looked at. */
async function setUp(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'hsb-twilio-recut-'))
  const file = join(folder, 'sms.db')
  const test = await createTestApp(t, { config: { database: `file:${file}` } })
  const database = new DatabaseSync(file, { readOnly: true })
  t.after(() => {
    database.close()
    rmSync(folder, { recursive: true })
  })
  const rowsOf = () =>
    JSON.stringify(
      ['sms_log', 'sms_event', 'sms_opt_out', 'sms_audit'].map((table) =>
        database.prepare(`select * from ${table}`).all(),
      ),
    )
  return { test, rowsOf }
}

async function waitingMessage(test: TestApp): Promise<string> {
  const sent = await test.app.messages.send({ toPhone: '+14155552671', message: 'hello' })
  assert.ok(sent.kind === 'accepted')
  return sent.message.id
}

/** Posts `count` different re-cuts that Twilio's own package takes for signed; tells how often each answer came. */
async function postRecuts(
  test: TestApp,
  base: SignedCallback,
  { count, seed }: { count: number; seed: number },
): Promise<Record<number, number>> {
  const dice = createDice(seed)
  const drawingOf = ({ path, params }: SignedCallback) =>
    JSON.stringify([path, params.map((pair) => pair.join('=')).toSorted()])
  const seen = new Set([drawingOf(base)])
  const answers: Record<number, number> = {}
  while (seen.size <= count) {
    const altered = recut(base, dice)
    const drawing = drawingOf(altered)
    const expected = sign(test.twilio.authToken, publicUrl + altered.path, altered.params)
    if (expected !== base.signature || seen.has(drawing)) continue
    seen.add(drawing)
    const { status } = await post(test, altered)
    answers[status] = (answers[status] ?? 0) + 1
  }
  return answers
}

describe('a signed callback whose borders are drawn anew', () => {
  const [sid, otherSid] = [sidOf(1), sidOf(2)]

  it('changes no row in 2,000 random drawings of a report of failure', async (t) => {
    const { test, rowsOf } = await setUp(t)
    const messageId = await waitingMessage(test)
    await waitingMessage(test)
    const facts = { sid, messageId, status: 'undelivered', errorCode: '30003' }
    const service: [string, string] = ['MessagingServiceSid', `MG${'0'.repeat(32)}`]
    const base = signedCallback(test, {
      ...facts,
      extra: [service, ['RawDlrDoneDate', '2611011200']],
    })
    assert.equal((await post(test, base)).status, 204)
    const before = rowsOf()
    assert.deepEqual(await postRecuts(test, base, { count: 2_000, seed: 1 }), { 400: 2_000 })
    assert.equal(rowsOf(), before)
  })

  it('changes no row in 2,000 random drawings of a report with names nobody knows', async (t) => {
    const { test, rowsOf } = await setUp(t)
    const messageId = await waitingMessage(test)
    const extra: [string, string][] = [
      ['ChannelPrefix', 'sms'],
      ['Zone', 'To the MessageStatus of all'],
    ]
    const base = signedCallback(test, { sid, messageId, status: 'sent', extra })
    assert.equal((await post(test, base)).status, 204)
    const before = rowsOf()
    t.diagnostic(JSON.stringify(await postRecuts(test, base, { count: 2_000, seed: 2 })))
    assert.equal(rowsOf(), before)
  })

  // Whoever writes to us chooses the text that Twilio signs; here it is a report in disguise.
  it('changes no row in 1,000 random drawings of an incoming message', async (t) => {
    const { test, rowsOf } = await setUp(t)
    const messageId = await waitingMessage(test)
    const reported = signedCallback(test, { sid, messageId, status: 'sent' })
    assert.equal((await post(test, reported)).status, 204)
    const path = reported.path
    const params: [string, string][] = [
      ['AccountSid', test.twilio.accountSid],
      ['ApiVersion', '2010-04-01'],
      ['Body', `ErrorCode30003From+14155552671MessageSid${sid}MessageStatusdelivered`],
      ['From', '+14155552671'],
      ['MessageSid', otherSid],
      ['NumMedia', '0'],
      ['NumSegments', '1'],
      ['SmsMessageSid', otherSid],
      ['SmsSid', otherSid],
      ['SmsStatus', 'received'],
      ['To', '+15005550006'],
    ]
    const base = { path, params, signature: sign(test.twilio.authToken, publicUrl + path, params) }
    const before = rowsOf()
    assert.equal((await post(test, base)).status, 400)
    assert.deepEqual(await postRecuts(test, base, { count: 1_000, seed: 3 }), { 400: 1_000 })
    assert.equal(rowsOf(), before)
  })

  it('changes no row in 1,000 random drawings, once the message is stored', async (t) => {
    const { test, rowsOf } = await setUp(t)
    const base = inboundMessage(test, { sid, body: 'ok From+19995550100 STOP NumMedia9' })
    assert.equal((await post(test, base)).status, 200)
    const before = rowsOf()
    t.diagnostic(JSON.stringify(await postRecuts(test, base, { count: 1_000, seed: 4 })))
    assert.equal(rowsOf(), before)
  })
})
