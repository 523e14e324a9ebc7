import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { createTestApp, publicUrl, type TestApp } from './app.ts'
import { post, sidOf, signedCallback, snapshot } from './signed-callback.ts'

const accountSid = `AC${'a'.repeat(32)}`
const [oldToken, midToken, newToken] = ['first-token-0001', 'second-token-002', 'third-token-0003']

/** An app that takes these tokens, the first of them as its `authToken`. */
function appWith(t: TestContext, [authToken = '', ...otherAuthTokens]: string[], database: string) {
  const twilio = { accountSid, authToken, otherAuthTokens, defaultFrom: '+15005550006' }
  return createTestApp(t, { config: { twilio, database }, twilio: { accountSid } })
}

/** A message that waits, with a SID that nobody else has. */
async function waitingMessage(test: TestApp, n: number): Promise<{ id: string; sid: string }> {
  const sent = await test.app.messages.send({ toPhone: '+14155552671', message: `number ${n}` })
  assert.ok(sent.kind === 'accepted')
  return { id: sent.message.id, sid: sidOf(n + 1) }
}

/** Posts a genuine callback signed with this token. */
async function callBack(test: TestApp, message: { id: string; sid: string }, token: string) {
  const { id: messageId, sid } = message
  return post(test, signedCallback(test, { sid, messageId, status: 'delivered', token }))
}

describe('a change of the auth token', () => {
  it('refuses none of 1,000 callbacks across two of them', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'hsb-twilio-keys-'))
    t.after(() => rmSync(folder, { recursive: true }))
    // What the settings say, and what Twilio signs with meanwhile: its retries still carry the old one.
    const phases = [
      { settings: [oldToken], signers: [oldToken] },
      { settings: [oldToken, midToken], signers: [oldToken, midToken] },
      { settings: [midToken, oldToken], signers: [oldToken, midToken] },
      { settings: [midToken, newToken], signers: [midToken, newToken] },
      { settings: [newToken, midToken], signers: [midToken, newToken] },
    ]
    let posted = 0
    for (const { settings, signers } of phases) {
      const test = await appWith(t, settings, `file:${join(folder, 'sms.db')}`)
      for (let i = 0; i < 200; i++) {
        const message = await waitingMessage(test, posted++)
        const { status } = await callBack(test, message, signers[i % signers.length] ?? '')
        assert.equal(status, 204, `callback ${posted}`)
        assert.equal((await test.app.messages.get(message.id))?.message.status, 'DELIVERED')
      }
      assert.deepEqual(test.logs, [])
      await test.stop()
    }
    assert.equal(posted, 1_000)
  })

  it('refuses everything that is signed with a retired one', async (t) => {
    const test = await appWith(t, [newToken, midToken], ':memory:')
    const message = await waitingMessage(test, 0)
    const before = await snapshot(test, [message.id])
    for (let i = 0; i < 200; i++) {
      assert.equal((await callBack(test, message, oldToken)).status, 403)
    }
    assert.equal(await snapshot(test, [message.id]), before)
  })
})

describe('the log of refused callbacks', () => {
  const refusals = (test: TestApp) =>
    test.logs.filter((line) => line.fields['event'] === 'callback-refused')

  it('says at most once a minute what the operator should look at', async (t) => {
    const test = await appWith(t, [newToken, midToken], ':memory:')
    const message = await waitingMessage(test, 0)
    for (let i = 0; i < 100; i++) await callBack(test, message, oldToken)
    assert.equal(refusals(test).length, 1)
    await test.advance(60_000)
    for (let i = 0; i < 3; i++) await callBack(test, message, oldToken)
    const [first, second, ...more] = refusals(test)
    assert.deepEqual(more, [])
    assert.deepEqual([first?.level, first?.fields['refused']], ['warn', 1])
    assert.equal(second?.fields['refused'], 100, 'the 99 that were not told, and this one')
    for (const setting of ['twilio.authToken', 'twilio.otherAuthTokens', 'publicUrl']) {
      assert.match(second.message, new RegExp(setting))
    }
    assert.equal(second.fields['public_url'], publicUrl)
  })

  it('holds no token, no signature, no number', async (t) => {
    const test = await appWith(t, [newToken, midToken], ':memory:')
    const message = await waitingMessage(test, 0)
    const forged = signedCallback(test, {
      sid: message.sid,
      messageId: message.id,
      status: 'delivered',
      token: oldToken,
    })
    await post(test, forged)
    const text = JSON.stringify(test.logs)
    assert.equal(test.logs.length, 1)
    for (const secret of [oldToken, midToken, newToken, forged.signature, '4155552671']) {
      assert.equal(text.includes(secret), false)
    }
  })

  it('says nothing about callbacks that are taken', async (t) => {
    const test = await appWith(t, [newToken, midToken], ':memory:')
    const message = await waitingMessage(test, 0)
    await callBack(test, message, midToken)
    assert.deepEqual(test.logs, [])
  })
})
