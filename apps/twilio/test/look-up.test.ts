import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { post, signedCallback } from './signed-callback.ts'
import { createTestApp, type TestApp } from './app.ts'
import { createTestClock } from './clock.ts'
import { onBench, phone, secrets, type VerificationBench } from './verification-bench.ts'

const minute = 60_000

/** A text to the same phone that another program sends through the same account. */
async function sendFromElsewhere(test: TestApp, body: string): Promise<string> {
  const { accountSid, authToken } = test.twilio
  const response = await test.twilio.fetch(
    new Request(`https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Messages.json`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` },
      body: new URLSearchParams({ To: phone, From: '+15005550006', Body: body }),
    }),
  )
  return String(((await response.json()) as Record<string, unknown>)['sid'])
}

/** The message that carries the code: the only one of ours. */
async function codeMessage(bench: VerificationBench) {
  const call = bench.twilio.requests().find((one) => one.form.get('StatusCallback'))
  const address = URL.parse(call?.form.get('StatusCallback') ?? '')
  const id = address?.searchParams.get('message_id') ?? ''
  return (await bench.app.messages.get(id))?.message
}

/** Lets a code leave whose answer and callbacks are lost, and ends its verification. */
async function doubtfulCode(bench: VerificationBench): Promise<string> {
  await sendFromElsewhere(bench, 'an older text of somebody else')
  bench.twilio.behave(
    { kind: 'hang-up', after: 'accepting' },
    { kind: 'lost-callbacks', times: 'always' },
  )
  const { verificationId } = await bench.started()
  const code = await bench.codeOn()
  assert.equal((await bench.check(verificationId, code)).kind, 'approved')
  assert.equal((await codeMessage(bench))?.status, 'IN_DOUBT')
  return code
}

async function settle(bench: VerificationBench): Promise<void> {
  for (let i = 0; i < 10; i++) {
    await bench.advance(minute / 2)
    await bench.app.runDue()
  }
}

describe('a doubtful code whose verification has ended', () => {
  it('is looked up by the text it left with, not by its phone alone', () =>
    onBench({ backend: 'own-codes' }, async (bench) => {
      const code = await doubtfulCode(bench)
      await settle(bench)
      const message = await codeMessage(bench)
      assert.equal(message?.status, 'DELIVERED')
      const found = bench.twilio.messages({ to: phone }).find((one) => one.body.includes(code))
      assert.equal(message.providerMsgId, found?.sid)
    }))

  it('is taken for nobody where its text cannot be told and several could be it', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'look-up-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const config = { database: `file:${join(folder, 'sms.db')}` }
    let id = ''
    await onBench({ backend: 'own-codes', config }, async (bench) => {
      bench.twilio.behave({ kind: 'hang-up', before: 'accepting' })
      await bench.started()
      await bench.app.runDue()
      const message = await codeMessage(bench)
      assert.equal(message?.status, 'IN_DOUBT')
      id = message.id
    })
    // Its secret is taken out, and other texts went to the phone in the meantime.
    const verification = { secrets: secrets.map((secret) => `${secret}, the next one`) }
    for (const texts of [2, 1]) {
      const place = join(folder, `${texts}.db`)
      const { DatabaseSync, backup } = await import('node:sqlite')
      const source = new DatabaseSync(join(folder, 'sms.db'))
      await backup(source, place)
      source.close()
      const copy = { database: `file:${place}` }
      await onBench({ backend: 'own-codes', config: copy, verification }, async (bench) => {
        for (let i = 0; i < texts; i++) await sendFromElsewhere(bench, `foreign ${i}`)
        await settle(bench)
        const message = (await bench.app.messages.get(id))?.message
        if (texts > 1)
          assert.deepEqual([message?.status, message?.providerMsgId], ['FAILED', undefined])
        else assert.equal(message?.status, 'DELIVERED')
      })
    }
  })
})

/** A text whose answer and callbacks are lost. */
async function lostAnswer(test: TestApp): Promise<{ id: string; texts: () => number }> {
  test.twilio.behave(
    { kind: 'hang-up', after: 'accepting' },
    { kind: 'lost-callbacks', times: 'always' },
  )
  const sent = await test.app.messages.send({ toPhone: phone, message: 'hello' })
  assert.ok(sent.kind === 'accepted')
  await test.app.runDue()
  const { id } = sent.message
  assert.equal((await test.app.messages.get(id))?.message.status, 'IN_DOUBT')
  return { id, texts: () => test.twilio.messages().length }
}

const hour = 60 * minute

describe('a clock that is ahead of Twilio', () => {
  for (const aheadMs of [3 * minute, hour, 24 * hour]) {
    it(`by ${aheadMs / minute} min still finds what was sent`, async (t) => {
      const clock = createTestClock(Date.UTC(2026, 10, 1, 12) + aheadMs)
      const test = await createTestApp(t, { clock })
      const { id, texts } = await lostAnswer(test)
      for (let i = 0; i < 20; i++) {
        await clock.advance(minute / 6)
        await test.advance(minute / 6)
        await test.app.runDue()
      }
      assert.equal((await test.app.messages.get(id))?.message.status, 'DELIVERED')
      assert.equal(texts(), 1)
    })
  }

  it('by 8 min when it was sent, and put right since, finds it too', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'look-up-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const config = { database: `file:${join(folder, 'sms.db')}` }
    const clock = createTestClock(Date.UTC(2026, 10, 1, 12) + 8 * minute)
    const before = await createTestApp(t, { clock, config })
    const { id, texts } = await lostAnswer(before)
    await before.app.stop()
    const { accountSid, authToken } = before.twilio
    const { baseUrl } = before.app.settings.twilio
    const twilio = { accountSid, authToken, baseUrl, defaultFrom: '+15005550006' }
    const after = await createTestApp(t, { config: { ...config, twilio } })
    for (let i = 0; i < 60; i++) {
      await before.twilio.clock.advance(minute / 6)
      await after.advance(minute / 6)
      await after.app.runDue()
    }
    assert.equal((await after.app.messages.get(id))?.message.status, 'DELIVERED')
    assert.equal(texts(), 1)
  })
})

describe('a callback that came before its SID was known', () => {
  it('notes the opt-out that it brings', async (t) => {
    const test = await createTestApp(t)
    const sid = 'SM00000000000000000000000000000000'
    test.twilio.behave({ kind: 'slow', after: 'accepting', ms: 1_000 }, { kind: 'lost-callbacks' })
    const sent = await test.app.messages.send({ toPhone: phone, message: 'hello' })
    assert.ok(sent.kind === 'accepted')
    const running = test.app.runDue()
    await test.twilio.waitFor((one) => one.kind === 'api' && one.method === 'POST')
    const known = test.twilio.messages({ to: phone })[0]?.sid ?? sid
    // Without our id in its address, as from a service with an address of its own.
    const callback = signedCallback(test, { sid: known, status: 'undelivered', errorCode: '21610' })
    assert.equal((await post(test, callback)).status, 204)
    assert.equal(await test.app.optOuts.has(phone), false, 'nobody knows whose it is')
    await test.advance(1_000)
    await running
    assert.equal((await test.app.messages.get(sent.message.id))?.message.status, 'UNDELIVERED')
    assert.equal(await test.app.optOuts.has(phone), true)
  })
})
