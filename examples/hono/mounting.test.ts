import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { createTwilioApp } from '@hsb/twilio'
import { createSimulator } from '@hsb/twilio-simulator'
import { Hono } from 'hono'

const phone = '+14155552671'

/** Sends a text through a Hono app that ours is mounted in, callbacks included. */
async function sendThrough(t: TestContext, mount: (app: Hono) => void) {
  const said: string[] = []
  const silent = () => {}
  const app = new Hono()
  const twilio = createSimulator({ post: async (callback) => app.fetch(callback) })
  const { url: baseUrl } = await twilio.listen()
  const sms = createTwilioApp({
    twilio: {
      accountSid: twilio.accountSid,
      authToken: twilio.authToken,
      defaultFrom: '+15005550006',
      baseUrl,
    },
    publicUrl: 'https://shop.example.com/sms',
    database: ':memory:',
    worker: 'manual',
    logger: {
      debug: silent,
      info: silent,
      warn: silent,
      error: ({ event }, message) => void said.push(`${String(event)}: ${message}`),
    },
  })
  t.after(async () => {
    await sms.stop()
    await twilio.close()
  })
  mount(app)
  app.all('/sms/*', (c) => sms.fetch(c.req.raw))

  await sms.start()
  const sent = await sms.messages.send({ toPhone: phone, message: 'Hello!' })
  assert.equal(sent.kind, 'accepted')
  await sms.runDue()
  await twilio.clock.advance(5_000)
  const found = sent.kind === 'accepted' ? await sms.messages.get(sent.message.id) : undefined
  const callbacks = twilio.requests().filter((one) => one.kind === 'callback')
  return {
    status: found?.message.status,
    answers: new Set(callbacks.map((one) => one.status)),
    said,
  }
}

describe('the app mounted in Hono', () => {
  it('takes signed callbacks behind middleware that leaves the body alone', async (t) => {
    const { status, answers } = await sendThrough(t, (app) => {
      app.use(async (c, next) => {
        await next()
        c.header('x-shop', 'yes')
      })
    })
    assert.equal(status, 'DELIVERED')
    assert.deepEqual(answers, new Set([204]))
  })

  it('cannot take a callback whose body was read before, and says so', async (t) => {
    const { status, answers, said } = await sendThrough(t, (app) => {
      app.use(async (c, next) => {
        await c.req.parseBody()
        await next()
      })
    })
    assert.equal(status, 'ACCEPTED')
    assert.deepEqual(answers, new Set([400]))
    assert.equal(said.length, 1)
    assert.match(said[0] ?? '', /^body-taken: .*Hono: put app\.all\("\/sms/)
  })
})
