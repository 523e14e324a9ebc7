import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createTestApp, publicUrl, type TestApp } from './app.ts'
import { post, type SignedCallback, snapshot } from './signed-callback.ts'

/** What Twilio posted, as somebody with access to a proxy's log could have kept it. */
function capturedCallbacks(test: TestApp): SignedCallback[] {
  return test.twilio.requests().flatMap((one) => {
    if (one.kind !== 'callback') return []
    const { url, form, signature } = one
    return [{ path: url.slice(publicUrl.length), params: [...form], signature }]
  })
}

describe('1,000 captured callbacks', () => {
  it('change nothing when they come again after a minute, a day and a month', async (t) => {
    const test = await createTestApp(t)
    const ids: string[] = []
    for (let i = 0; i < 550; i++) {
      const toPhone = `+1415555${2_000 + i}`
      const sent = await test.app.messages.send({ toPhone, message: 'hello' })
      if (sent.kind === 'accepted') ids.push(sent.message.id)
    }
    test.twilio.behave(
      { kind: 'undelivered', code: 30003, times: 100 },
      { kind: 'failed', code: 30008, times: 100 },
    )
    await test.app.runDue()
    await test.advance(60_000)
    const captured = capturedCallbacks(test)
    // 550 messages with two each, but those that failed were never sent.
    assert.equal(captured.length, 1_000)
    const before = await snapshot(test, ids)
    assert.match(before, /DELIVERED.*UNDELIVERED|UNDELIVERED.*DELIVERED/)

    for (const minutes of [1, 1_440, 30 * 1_440]) {
      await test.advance(minutes * 60_000)
      const answers = await Promise.all(captured.map((callback) => post(test, callback)))
      assert.deepEqual(new Set(answers.map((one) => one.status)), new Set([204]))
      assert.equal(await snapshot(test, ids), before, `after ${minutes} minutes`)
    }
  })
})
