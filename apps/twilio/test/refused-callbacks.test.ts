import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import sdk from 'twilio'
import { createTestApp, publicUrl, type TestApp } from './app.ts'
import { createFolder, runProgram, writeConfig } from './cli/program.ts'

const hook = '/webhooks/sms/twilio/?message_id=019ab5c0-0000-7000-8000-000000000001&attempt=1'
const phone = '+14155552671'

/** Posts a callback that Twilio signed over another address than the app knows. */
async function post(
  { app, twilio }: TestApp,
  { from = 'https://old.example.test', pad = '', headers = {} } = {},
): Promise<number> {
  const params = {
    MessageSid: `SM${'1'.repeat(32)}`,
    SmsSid: `SM${'1'.repeat(32)}`,
    AccountSid: twilio.accountSid,
    ApiVersion: '2010-04-01',
    From: '+15005550006',
    To: phone,
    MessageStatus: 'delivered',
    SmsStatus: 'delivered',
    ...(pad && { Pad: pad }),
  }
  const signature = sdk.getExpectedTwilioSignature(twilio.authToken, `${from}${hook}`, params)
  const response = await app.fetch(
    new Request(`${publicUrl}${hook}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-twilio-signature': signature,
        host: new URL(publicUrl).host,
        'x-forwarded-host': 'old.example.test',
        cookie: 'session=secret',
        ...headers,
      },
      body: new URLSearchParams(params).toString(),
    }),
  )
  return response.status
}

describe('app.callbacks.refused', () => {
  it('keeps what was refused, as it arrived, and logs none of it', async (t) => {
    const test = await createTestApp(t)
    assert.deepEqual(test.app.callbacks.refused(), [])
    assert.equal(await post(test), 403)
    const [refused] = test.app.callbacks.refused()
    assert.equal(refused?.url, hook)
    assert.equal(refused?.receivedAt, test.clock.now())
    assert.equal(refused?.headers['x-forwarded-host'], 'old.example.test')
    assert.equal(refused?.headers['cookie'], undefined)
    assert.match(refused?.body ?? '', /To=%2B14155552671/)
    assert.doesNotMatch(JSON.stringify(test.logs), /14155552671|SM1111/)
    assert.equal(test.logs.filter(({ fields }) => fields['event'] === 'callback-refused').length, 1)
  })

  it('keeps nothing of what is genuine, unsigned or too large, and the last 20 of the rest', async (t) => {
    const test = await createTestApp(t)
    await post(test, { from: publicUrl })
    await post(test, { pad: 'x'.repeat(9_000) })
    const unsigned = new Request(`${publicUrl}${hook}`, {
      method: 'POST',
      body: 'a=b',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    assert.equal((await test.app.fetch(unsigned)).status, 403)
    assert.deepEqual(test.app.callbacks.refused(), [])
    for (let i = 0; i < 25; i++) await post(test, { pad: `${i}` })
    const pads = test.app.callbacks.refused().map(({ body }) => /Pad=(\d+)/.exec(body)?.[1])
    assert.deepEqual(
      pads,
      Array.from({ length: 20 }, (_, i) => String(i + 5)),
    )
  })
})

describe('hsb-twilio doctor --callback', () => {
  async function diagnose(t: TestContext, test: TestApp, text: string, ...more: string[]) {
    const folder = await createFolder(t)
    const config = await writeConfig(folder, {
      twilio: {
        accountSid: test.twilio.accountSid,
        authToken: test.twilio.authToken,
        defaultFrom: '+15005550006',
      },
      publicUrl,
      database: `file:${join(folder, 'sms.db')}`,
    })
    const file = join(folder, 'refused.json')
    await writeFile(file, text)
    return runProgram(t, ['doctor', '--config', config, '--callback', file, ...more])
  }

  it('says which address was signed, and what publicUrl has to be', async (t) => {
    const test = await createTestApp(t)
    await post(test)
    const { code, stdout } = await diagnose(t, test, JSON.stringify(test.app.callbacks.refused()))
    assert.equal(code, 1)
    assert.match(
      stdout,
      /^✗ callback {4}is signed with twilio\.authToken over https:\/\/old\.example\.test\/webhooks/m,
    )
    assert.match(
      stdout,
      /^ {2}→ set publicUrl to https:\/\/old\.example\.test \(now https:\/\/sms\.example\.test\)/m,
    )
    assert.ok(!stdout.includes(test.twilio.authToken) && !stdout.includes('14155552671'))
  })

  it('answers with 0 for one that is taken, and with 1 for what is no callback', async (t) => {
    const test = await createTestApp(t)
    await post(test, { from: publicUrl, headers: { 'x-twilio-signature': 'A'.repeat(27) + '=' } })
    const [forged] = test.app.callbacks.refused()
    assert.ok(forged)
    const params = Object.fromEntries(new URLSearchParams(forged.body))
    const signature = sdk.getExpectedTwilioSignature(
      test.twilio.authToken,
      publicUrl + hook,
      params,
    )
    const genuine = { ...forged, headers: { ...forged.headers, 'x-twilio-signature': signature } }
    const good = await diagnose(t, test, JSON.stringify(genuine), '--json')
    assert.equal(good.code, 0)
    assert.match(good.stdout, /^\{"problems":0,.*with these settings it is taken"\}\]\}\n$/)
    // A terminal would obey what somebody else has written there.
    const loud = { ...forged, headers: { ...forged.headers, 'content-type': 'x\u001b[31m' } }
    assert.match((await diagnose(t, test, JSON.stringify(loud))).stdout, /x\\x1b\[31m/)
    const nothing = await diagnose(t, test, 'hello')
    assert.equal(nothing.code, 1)
    assert.match(nothing.stderr, /holds no callback: JSON, an HTTP request or a curl line/)
  })
})
