import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { createSimulator } from '@hsb/twilio-simulator'
import { createTwilioApp } from '../src/app.ts'
import { createTestClock } from './clock.ts'

// Magic numbers of Twilio's test credentials: nothing is sent, charged, stored or called back, and
// Verify does not know them. https://www.twilio.com/docs/iam/test-credentials
const accepted = '+15005550006'
const magic: { name: string; to: string; from: string; code: number | undefined }[] = [
  { name: 'accepts a good pair', to: '+14155552671', from: accepted, code: undefined },
  { name: 'refuses an invalid number', to: '+15005550001', from: accepted, code: 21211 },
  { name: 'cannot reach a number', to: '+15005550002', from: accepted, code: 21612 },
  { name: 'has no permission for a country', to: '+15005550003', from: accepted, code: 21408 },
  { name: 'knows an opt-out', to: '+15005550004', from: accepted, code: 21610 },
  { name: 'refuses what is no mobile', to: '+15005550009', from: accepted, code: 21614 },
  { name: 'refuses an invalid sender', to: '+14155552671', from: '+15005550001', code: 21212 },
  { name: 'refuses a foreign sender', to: '+14155552671', from: '+15005550007', code: 21606 },
  { name: 'has a full queue', to: '+14155552671', from: '+15005550008', code: 21611 },
]

interface Account {
  accountSid: string
  authToken: string
  baseUrl?: string | undefined
}

/** Sends one message a magic number through an app of its own, and looks at what became of each. */
async function sendMagic(t: TestContext, account: Account): Promise<void> {
  const app = createTwilioApp(
    {
      twilio: { ...account, defaultFrom: accepted },
      publicUrl: 'https://sms.example.com',
      database: ':memory:',
      worker: 'manual',
    },
    { clock: createTestClock(Date.now()) },
  )
  t.after(() => app.stop())
  await app.start()
  const ids = new Map<string, string>()
  for (const { name, to, from } of magic) {
    const sent = await app.messages.send({ toPhone: to, fromPhone: from, message: 'A test' })
    assert.ok(sent.kind === 'accepted', name)
    ids.set(name, sent.message.id)
  }
  await app.runDue()
  for (const { name, to, code } of magic) {
    const found = await app.messages.get(ids.get(name) ?? '')
    const told = `${name}: ${found?.message.status}, ${found?.events.at(-1)?.detail}`
    assert.ok(found, told)
    const { message } = found
    assert.equal(message.errorCode, code, told)
    // A full queue empties itself; the other refusals are final.
    const refused = code === 21611 ? 'QUEUED' : 'FAILED'
    assert.equal(message.status, code === undefined ? 'ACCEPTED' : refused, told)
    if (code === undefined) assert.match(message.providerMsgId ?? '', /^(SM|MM)[0-9a-f]{32}$/)
    assert.equal(await app.optOuts.has(to), code === 21610, told)
  }
}

describe('magic numbers', () => {
  it('do at the simulator what they do at Twilio', async (t) => {
    const twilio = createSimulator()
    t.after(() => twilio.close())
    const { url } = await twilio.listen()
    const { testAccountSid, testAuthToken } = twilio
    await sendMagic(t, { accountSid: testAccountSid, authToken: testAuthToken, baseUrl: url })
  })

  it('do at Twilio what they do at the simulator', { timeout: 60_000 }, async (t) => {
    const accountSid = process.env['TWILIO_TEST_ACCOUNT_SID']
    const authToken = process.env['TWILIO_TEST_AUTH_TOKEN']
    if (accountSid === undefined || authToken === undefined) {
      t.skip('left out: TWILIO_TEST_ACCOUNT_SID and TWILIO_TEST_AUTH_TOKEN are not set')
      return
    }
    await sendMagic(t, { accountSid, authToken })
  })
})
