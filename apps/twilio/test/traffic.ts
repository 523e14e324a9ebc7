import assert from 'node:assert/strict'
import type { ApiCallEntry } from '@hsb/twilio-simulator'
import type { Message } from '../src/domain/message.ts'
import type { SendInput } from '../src/services/message-checks.ts'
import type { TestApp } from './app.ts'
import { someAtOnce } from './some-at-once.ts'

/** Sends `count` texts to as many phones; answers the ids of the messages. */
export async function sendMany(
  test: TestApp,
  count: number,
  input: Partial<SendInput> = {},
): Promise<string[]> {
  const message = 'Your parcel is on its way'
  const results = await Promise.all(
    Array.from({ length: count }, (_, i) =>
      test.app.messages.send({
        toPhone: `+1415556${String(i).padStart(4, '0')}`,
        message,
        ...input,
      }),
    ),
  )
  return results.map((result) => {
    assert.ok(result.kind === 'accepted')
    return result.message.id
  })
}

/** Runs everything that is due, again and again, while the clocks move on by `seconds`. */
export async function live(test: TestApp, seconds: number, step = 20): Promise<void> {
  for (let passed = 0; passed < seconds; passed += step) {
    await test.app.runDue()
    await test.advance(step * 1_000)
  }
  await test.app.runDue()
}

/** How many of these messages stand at each status. */
export async function statusesOf(test: TestApp, ids: string[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const message of await messagesOf(test, ids)) {
    const { status = 'gone' } = message ?? {}
    counts[status] = (counts[status] ?? 0) + 1
  }
  return counts
}

// More at once would wait for a connection for longer than a reader does, on a busy machine.
const readAtOnce = 20

/** These messages as they stand. */
export async function messagesOf(test: TestApp, ids: string[]): Promise<(Message | undefined)[]> {
  return someAtOnce(ids, readAtOnce, async (id) => (await test.app.messages.get(id))?.message)
}

/** What Twilio was asked: for lists, and for single messages. */
export function questionsOf(test: TestApp): { lists: ApiCallEntry[]; singles: ApiCallEntry[] } {
  const asked = test.twilio
    .requests()
    .flatMap((one) => (one.kind === 'api' && one.method === 'GET' ? [one] : []))
  return {
    lists: asked.filter((one) => /Messages\.json(?:\?|$)/.test(one.path)),
    singles: asked.filter((one) => /Messages\/SM\w+\.json$/.test(one.path)),
  }
}

/** Texts that another app sends through the same account. */
export async function sendAsAnother({ twilio }: TestApp, count: number): Promise<void> {
  const { accountSid, authToken } = twilio
  const basic = Buffer.from(`${accountSid}:${authToken}`).toString('base64')
  for (let i = 0; i < count; i++) {
    const body = new URLSearchParams({ To: '+14155550100', From: '+15005550006', Body: `${i}` })
    const address = `https://twilio.test/2010-04-01/Accounts/${accountSid}/Messages.json`
    const headers = { authorization: `Basic ${basic}` }
    const answer = await twilio.fetch(new Request(address, { method: 'POST', headers, body }))
    assert.equal(answer.status, 201)
  }
}
