import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import type { TwilioConfig } from '../../../twilio/src/config.ts'
import { createTestApp } from '../../../twilio/test/app.ts'
import type { TestApp, TestOptions } from '../../../twilio/test/app.ts'
import type { Role } from '../../page/wire.ts'
import { createLateClock } from './late-clock.ts'
import { liveTwoDays, pastMs } from './shop.ts'

export const password = 'a staple of correct horses'
const roles = ['viewer', 'operator', 'admin'] as const

/** Codes in texts of ours, so that a phone shows them and the overview counts them. */
const verification = {
  backend: 'own-codes',
  secrets: ['a secret of a test, long enough to be one'],
  countries: 'all',
  refusedTypes: [],
  appName: 'Nordlicht',
} satisfies TwilioConfig['verification']

/** The real app in front of the simulator, reached over HTTP, and what its carrier does. */
export interface Server {
  test: TestApp
  /** Where the app is mounted: a path of three levels, without a slash at its end. */
  url: string
  /** The page of the simulator's phones. */
  phones: string
  /** Of a program that may send and verify. */
  key: string
  /** Through the API that programs use; answers the id. */
  send: (text: string, to?: string) => Promise<string>
  /** Everything that waits goes out and is delivered, or not. */
  deliver: (end?: 'delivered' | 'undelivered') => Promise<void>
  /** Somebody begins to prove a phone; answers the id. */
  verify: (phone: string) => Promise<string>
  /** Whether this is the code. */
  check: (id: string, code: string) => Promise<boolean>
  /** Somebody writes to us. */
  receive: (text: string, from?: string) => Promise<void>
}

/** How a server begins. */
export interface ServerOptions {
  /** With two days of traffic behind it. */
  isFull?: boolean
  admin?: NonNullable<TestOptions['config']>['admin']
  /** People sign in by the form, with an account a role; else whoever is on this machine is let in. */
  hasAccounts?: boolean
}

/** Starts one, which ends with `t`. */
export async function startServer(
  t: Pick<TestContext, 'after'>,
  { isFull = true, admin, hasAccounts = true }: ServerOptions = {},
): Promise<Server> {
  let answer: RequestListener = (_, response) => void response.writeHead(503).end()
  const server = createServer((request, response) => answer(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/shop/mail/sms`
  const clock = createLateClock(isFull ? pastMs : 0)
  const test = await createTestApp(t, {
    config: { publicUrl: url, verification, ...(admin && { admin }) },
    clock,
    twilio: {
      inboundUrl: `${url}/webhooks/sms/twilio/inbound/`,
      startAt: new Date(clock.now()),
    },
    admin: { openOnLoopback: !hasAccounts, phonesUrl: '/phones/' },
  })
  answer = test.app.node
  if (hasAccounts) {
    for (const role of roles) {
      const result = await test.app.admins.add({ name: nameOf(role), password, role })
      assert.equal(result.kind, 'done')
    }
  }
  if (isFull) await liveTwoDays(test, clock)
  return serverOf(test, url)
}

/** The account of a role. */
export function nameOf(role: Role): string {
  return { viewer: 'vera', operator: 'oskar', admin: 'anna' }[role]
}

async function serverOf(test: TestApp, url: string): Promise<Server> {
  const { app, twilio } = test
  const { key } = await app.apiKeys.create({ name: 'shop', scopes: ['send', 'verify'] })
  const { url: phones } = await twilio.listen()
  const post = async (path: string, body: object) => {
    const response = await fetch(`${url}/api/sms/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify(body),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  return {
    test,
    url,
    phones: `${phones}/phones/`,
    key,
    async send(text, to = '+14155550171') {
      const { status, body } = await post('send/', { to_phone: to, message: text })
      assert.equal(status, 202)
      return String(body['id'])
    },
    async deliver(end = 'delivered') {
      if (end === 'undelivered')
        twilio.behave({ kind: 'undelivered', code: 30003, times: 'always' })
      await app.runDue()
      await twilio.clock.advance(5000)
      await app.runDue()
      twilio.clearBehaviours()
    },
    async verify(phone) {
      const { body } = await post('verify/start/', { to_phone: phone })
      return String(body['verification_id'])
    },
    async check(id, code) {
      const { body } = await post('verify/check/', { verification_id: id, code })
      return body['outcome'] === 'approved'
    },
    async receive(text, from = '+14155550171') {
      await twilio.reply({ from, body: text })
    },
  }
}
