import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { publicUrl, type TestApp } from './app.ts'

// The oracle is Twilio's own package, not our signing code: a mistake on both sides would not show.
const sdk = createRequire(import.meta.url)('twilio/lib/webhooks/webhooks') as {
  getExpectedTwilioSignature(
    token: string,
    url: string,
    params: Record<string, string | string[]>,
  ): string
}

/** A callback as Twilio would post it, before and after signing. */
export interface SignedCallback {
  path: string
  params: [string, string][]
  signature: string
}

/** A genuine callback about one message. */
export function signedCallback(
  test: TestApp,
  facts: {
    sid: string
    status: string
    messageId?: string | undefined
    attempt?: number
    errorCode?: string
    token?: string
    extra?: [string, string][]
  },
): SignedCallback {
  const {
    sid,
    status,
    messageId,
    attempt = 1,
    errorCode,
    token = test.twilio.authToken,
    extra = [],
  } = facts
  const query = messageId === undefined ? '' : `?message_id=${messageId}&attempt=${attempt}`
  const path = `/webhooks/sms/twilio/${query}`
  const params: [string, string][] = [
    ['AccountSid', test.twilio.accountSid],
    ['ApiVersion', '2010-04-01'],
    ['From', '+15005550006'],
    ['MessageSid', sid],
    ['MessageStatus', status],
    ['SmsSid', sid],
    ['SmsStatus', status],
    ['To', '+14155552671'],
    ...(errorCode === undefined ? [] : ([['ErrorCode', errorCode]] as [string, string][])),
    ...extra,
  ]
  return { path, params, signature: sign(token, `${publicUrl}${path}`, params) }
}

/** The signature of these parameters by Twilio's own package. */
export function sign(token: string, url: string, params: [string, string][]): string {
  const record: Record<string, string[]> = {}
  for (const [name, value] of params) (record[name] ??= []).push(value)
  const values = Object.entries(record).map(([name, list]) => [
    name,
    list.length === 1 ? (list[0] ?? '') : list,
  ])
  return sdk.getExpectedTwilioSignature(
    token,
    url,
    Object.fromEntries(values) as Record<string, string | string[]>,
  )
}

/** Posts it and answers the status. */
export async function post(
  test: TestApp,
  callback: SignedCallback,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; text: string }> {
  const body = new URLSearchParams(callback.params).toString()
  const response = await test.app.fetch(
    new Request(`${publicUrl}${callback.path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-twilio-signature': callback.signature,
        ...headers,
      },
      body,
    }),
  )
  return { status: response.status, headers: response.headers, text: await response.text() }
}

/** The SID number `n` of a made-up message. */
export function sidOf(n: number): string {
  return `SM${n.toString(16).padStart(32, '0')}`
}

/** Everything stored about messages, to see that nothing has changed. */
export async function snapshot(test: TestApp, ids: string[]): Promise<string> {
  return JSON.stringify(await Promise.all(ids.map((id) => test.app.messages.get(id))))
}

/** A message that Twilio has; its own callbacks are lost, so that the test posts them. */
export async function sentMessage(test: TestApp): Promise<{ id: string; sid: string }> {
  test.twilio.behave({ kind: 'lost-callbacks' })
  const result = await test.app.messages.send({ toPhone: '+14155552671', message: 'hello' })
  assert.ok(result.kind === 'accepted')
  await test.app.runDue()
  const found = await test.app.messages.get(result.message.id)
  return { id: result.message.id, sid: found?.message.providerMsgId ?? '' }
}

/** Where a message stands. */
export async function statusOf(test: TestApp, id: string): Promise<string | undefined> {
  return (await test.app.messages.get(id))?.message.status
}
