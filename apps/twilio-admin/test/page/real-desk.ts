import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { createTestApp } from '../../../twilio/test/app.ts'
import type { TestApp } from '../../../twilio/test/app.ts'
import { systemClock } from '../../../twilio/src/clock.ts'
import type { Desk } from './door.ts'

const password = 'a staple of correct horses'
const roles = ['viewer', 'operator', 'admin'] as const

/** The real app on a real database in front of the simulator, below a path of three levels. */
export async function openRealDesk(t: Pick<TestContext, 'after'>, isFull: boolean): Promise<Desk> {
  let answer: RequestListener = (_, response) => void response.writeHead(503).end()
  const server = createServer((request, response) => answer(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/shop/mail/sms`
  const options = {
    config: { publicUrl: url },
    // Browsers and what they are told by have one time.
    clock: systemClock,
    twilio: { inboundUrl: `${url}/webhooks/sms/twilio/inbound/` },
  }
  const test = await createTestApp(t, options)
  answer = test.app.node
  for (const role of roles) {
    const result = await test.app.admins.add({ name: role, password, role })
    assert.equal(result.kind, 'done')
  }
  const { key } = await test.app.apiKeys.create({ name: 'test', scopes: ['send', 'verify'] })
  const desk = deskOf(test, url, key)
  if (isFull) await fill(desk, test)
  return desk
}

function deskOf(test: TestApp, url: string, key: string): Desk {
  return {
    url,
    key,
    names: { viewer: 'viewer', operator: 'operator', admin: 'admin' },
    password,
    async send(text, to = '+14155550171') {
      const response = await fetch(`${url}/api/sms/send/`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify({ to_phone: to, message: text }),
      })
      assert.equal(response.status, 202)
      const { id } = (await response.json()) as { id: string }
      return id
    },
    async deliver(end = 'delivered') {
      if (end === 'undelivered')
        test.twilio.behave({ kind: 'undelivered', code: 30003, times: 'always' })
      await test.app.runDue()
      await test.twilio.clock.advance(5000)
      await test.app.runDue()
      test.twilio.clearBehaviours()
    },
    async verify(phone) {
      const response = await fetch(`${url}/api/sms/verify/start/`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify({ to_phone: phone }),
      })
      assert.ok(response.ok, await response.text())
    },
    async receive(text, from = '+14155550171') {
      await test.twilio.reply({ from, body: text })
    },
  }
}

/** More than a page of messages, one of each kind beside them. */
async function fill(desk: Desk, test: TestApp): Promise<void> {
  for (let index = 0; index < 3; index++) await desk.send('gone', `+1415555${7000 + index}`)
  await desk.deliver('undelivered')
  for (let index = 0; index < 57; index++) await desk.send('Hello', `+1415555${8000 + index}`)
  await desk.deliver()
  await desk.receive('C', '+14155559911')
  await desk.verify('+14155552671')
  await test.app.optOuts.add('+14155559922', 'STOP')
}
