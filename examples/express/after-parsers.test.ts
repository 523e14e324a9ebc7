import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import { createTwilioApp, type TwilioApp } from '@hsb/twilio'
import { createSimulator } from '@hsb/twilio-simulator'
import express, { type RequestHandler } from 'express'

// Where an app cannot be mounted first: what its body parsers leave is enough for Twilio's forms.

const phone = '+14155552671'

/** A server whose parsers run before our app; gives back the events of one message sent through it. */
async function sendThrough(t: TestContext, parsers: RequestHandler[]) {
  const server = express()
  const listening = server.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const address = listening.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const twilio = createSimulator({ callbackExtras: { Odd: "a b+c'é~*(%41)&=", Empty: '' } })
  const { url: baseUrl } = await twilio.listen()
  const warnings: unknown[] = []
  const words: string[] = []
  const silent = () => {}
  const sms: TwilioApp = createTwilioApp({
    twilio: {
      accountSid: twilio.accountSid,
      authToken: twilio.authToken,
      defaultFrom: '+15005550006',
      baseUrl,
    },
    publicUrl: `http://127.0.0.1:${port}/sms`,
    database: ':memory:',
    worker: 'manual',
    logger: {
      debug: silent,
      info: silent,
      error: silent,
      warn(fields, message) {
        warnings.push(fields['event'])
        words.push(message)
      },
    },
  })
  server.use(...parsers, sms.node)
  t.after(async () => {
    listening.close()
    listening.closeAllConnections()
    await sms.stop()
    await twilio.close()
  })

  await sms.start()
  const { key } = await sms.apiKeys.create({ name: 'test', scopes: ['send'] })
  const answer = await fetch(`http://127.0.0.1:${port}/sms/api/sms/send/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ to_phone: phone, message: 'Grüße, 100 % + mehr' }),
  })
  assert.equal(answer.status, 202)
  const { id } = (await answer.json()) as { id: string }
  await sms.runDue()
  await twilio.clock.advance(5_000)
  const found = await sms.messages.get(id)
  const texts = twilio.messages({ to: phone }).map((one) => one.body)
  assert.deepEqual(texts, ['Grüße, 100 % + mehr'])
  return { status: found?.message.status, warnings, words }
}

describe('the app mounted in Express', () => {
  const parsers: Record<string, RequestHandler[]> = {
    'express.json() and express.urlencoded()': [express.json(), express.urlencoded()],
    'express.urlencoded({ extended: true })': [
      express.json(),
      express.urlencoded({ extended: true }),
    ],
  }
  for (const [name, handlers] of Object.entries(parsers)) {
    it(`takes signed callbacks after ${name}, and says once how to do better`, async (t) => {
      const { status, warnings, words } = await sendThrough(t, handlers)
      assert.equal(status, 'DELIVERED')
      assert.deepEqual(warnings, ['bytes-not-original'])
      assert.match(words[0] ?? '', /Express: put app\.use\(sms\.node\) before express\.json/)
    })
  }

  it('has nothing to say where the parsers come second', async (t) => {
    const { status, warnings } = await sendThrough(t, [])
    assert.equal(status, 'DELIVERED')
    assert.deepEqual(warnings, [])
  })

  it('takes the bytes that a parser was told to keep', async (t) => {
    const keep = (request: object, _: unknown, rawBody: Buffer) => {
      Object.assign(request, { rawBody })
    }
    const { status, warnings } = await sendThrough(t, [
      express.json({ verify: keep }),
      express.urlencoded({ verify: keep }),
    ])
    assert.equal(status, 'DELIVERED')
    assert.deepEqual(warnings, [])
  })
})
