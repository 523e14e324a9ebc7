import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { keepTwilioApp, twilioRoutes } from '@hsb/twilio/next'
import { NextRequest } from 'next/server.js'
import { createObservedApp, genuineCallback } from '../../apps/twilio/test/hosts/observed-app.ts'

const { path, init } = genuineCallback()
const request = (at = path) => {
  const { method, headers, body } = init
  return new NextRequest(`http://localhost:3000${at}`, { method: method ?? 'POST', headers, body })
}

describe('the app mounted in Next.js', () => {
  it('is made when it is first needed, and once', async (t) => {
    const { sms } = createObservedApp(t)
    let made = 0
    const make = () => {
      made++
      return sms
    }
    // Two copies of one module, as Next has them.
    const [first, second] = [keepTwilioApp(make, 'test'), keepTwilioApp(make, 'test')]
    const { POST } = twilioRoutes(first)
    assert.equal(made, 0)
    assert.equal((await POST(request())).status, 204)
    assert.equal(second(), sms)
    assert.equal(made, 1)
  })

  it('says what to do where the body was read before', async (t) => {
    const { sms, said } = createObservedApp(t)
    const read = request()
    await read.formData()
    assert.equal((await twilioRoutes(() => sms).POST(read)).status, 400)
    assert.deepEqual([said[0]?.level, said[0]?.event], ['error', 'body-taken'])
    assert.match(said[0]?.message ?? '', /Next\.js: .*twilioRoutes/)
  })

  it('says what to do where Next cuts the last slash off', async (t) => {
    const { sms, said } = createObservedApp(t)
    const cut = request(`${path.slice(0, -1)}?message_id=x&attempt=1`)
    assert.equal((await twilioRoutes(() => sms).POST(cut)).status, 403)
    assert.equal(said[0]?.event, 'callback-redirected')
    assert.match(said[0]?.message ?? '', /skipTrailingSlashRedirect/)
  })
})
