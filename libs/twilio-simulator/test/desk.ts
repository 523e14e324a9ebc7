import type { TestContext } from 'node:test'
import twilio from 'twilio'
import { createSimulator } from '../src/index.ts'
import type { Simulator, SimulatorOptions } from '../src/index.ts'

export const phone = '+14155550100'
export const sender = '+15005550006'
export const webhook = 'https://app.example/webhooks/sms?id=7'

/** A callback as an app would receive it; `genuine` is the official SDK's opinion. */
export interface Received {
  url: string
  params: Record<string, string>
  headers: Headers
  genuine: boolean
}

export interface Desk {
  simulator: Simulator
  received: Received[]
  /** Statuses in the order they were called back. */
  statuses: () => (string | undefined)[]
  /** Answers for the next callbacks; afterwards it is 204. An Error is a failed connection. */
  answers: (number | Error)[]
}

/** A simulator on a manual clock, and a webhook that takes its callbacks. */
export function openDesk(t: TestContext, options: SimulatorOptions = {}): Desk {
  const received: Received[] = []
  const answers: (number | Error)[] = []
  const simulator = createSimulator({
    clock: 'manual',
    post: async (request) => {
      const params = Object.fromEntries(new URLSearchParams(await request.text()))
      const signature = request.headers.get('x-twilio-signature') ?? ''
      const { url, headers } = request
      const genuine = twilio.validateRequest(simulator.authToken, signature, url, params)
      received.push({ url, params, headers, genuine })
      const answer = answers.shift() ?? 204
      if (answer instanceof Error) throw answer
      return new Response(answer === 204 ? null : 'said', { status: answer })
    },
    ...options,
  })
  t.after(() => simulator.close())
  const statuses = () => received.map(({ params }) => params['MessageStatus'])
  return { simulator, received, statuses, answers }
}

/** The official SDK, unchanged, on a simulator that listens. */
export async function openSdk(simulator: Simulator, sid?: string, token?: string) {
  const { url } = await simulator.listen()
  const client = twilio(
    sid ?? simulator.accountSid,
    token ?? simulator.authToken,
    sid?.startsWith('SK') ? { accountSid: simulator.accountSid } : {},
  )
  client.api.baseUrl = client.verify.baseUrl = client.lookups.baseUrl = url
  return client
}

/** A call in the same process, with plain HTTP in and JSON out. */
export async function call(
  simulator: Simulator,
  path: string,
  form?: Record<string, string> | [string, string][],
  method = form ? 'POST' : 'GET',
  credentials = `${simulator.accountSid}:${simulator.authToken}`,
) {
  const response = await simulator.fetch(
    new Request(`https://api.twilio.com${path}`, {
      method,
      headers: {
        authorization: `Basic ${btoa(credentials)}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      ...(form ? { body: new URLSearchParams(form).toString() } : {}),
    }),
  )
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json')
  const body = isJson ? readJson(text) : {}
  return { status: response.status, headers: response.headers, text, body }
}

export function messagesPath(simulator: Simulator, rest = '.json'): string {
  return `/2010-04-01/Accounts/${simulator.accountSid}/Messages${rest}`
}

export async function send(simulator: Simulator, form: Record<string, string> = {}) {
  return call(simulator, messagesPath(simulator), {
    To: phone,
    From: sender,
    Body: 'hello',
    ...form,
  })
}

export function readJson(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text)
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

/** What stands at a path like `messages.0.to` of something read from JSON. */
export function dig(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (inner, key) =>
        typeof inner === 'object' && inner !== null
          ? new Map(Object.entries(inner)).get(key)
          : undefined,
      value,
    )
}
