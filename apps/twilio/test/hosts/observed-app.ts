import type { TestContext } from 'node:test'
import { createTwilioApp, type TwilioApp, type TwilioConfig } from '@hsb/twilio'
import { sign } from '../signed-callback.ts'

/** What an app said, by its event. */
export interface Said {
  level: 'warn' | 'error'
  event: unknown
  message: string
}

/** Settings whose logger notes warnings and errors. */
export function observedConfig(): { config: TwilioConfig; said: Said[] } {
  const said: Said[] = []
  const note = (level: Said['level']) => (fields: Record<string, unknown>, message: string) =>
    void said.push({ level, event: fields['event'], message })
  const silent = () => {}
  const config: TwilioConfig = {
    twilio: {
      accountSid: `AC${'5'.repeat(32)}`,
      authToken: '5'.repeat(32),
      defaultFrom: '+15005550006',
    },
    publicUrl: 'https://shop.example.com/sms',
    database: ':memory:',
    worker: 'manual',
    logger: { debug: silent, info: silent, warn: note('warn'), error: note('error') },
  }
  return { config, said }
}

/** An app below `/sms` that is stopped when the test is over. */
export function createObservedApp(t: TestContext): { sms: TwilioApp; said: Said[] } {
  const { config, said } = observedConfig()
  const sms = createTwilioApp(config)
  t.after(() => sms.stop())
  return { sms, said }
}

/** A callback that Twilio has signed, about a message of nobody. */
export function genuineCallback(): { path: string; init: RequestInit & { body: string } } {
  const path = '/webhooks/sms/twilio/'
  const sid = `SM${'7'.repeat(32)}`
  const params: [string, string][] = [
    ['AccountSid', `AC${'5'.repeat(32)}`],
    ['ApiVersion', '2010-04-01'],
    ['From', '+15005550006'],
    ['MessageSid', sid],
    ['MessageStatus', 'delivered'],
    ['Odd', "a b+c'é~*(%41)&="],
    ['SmsSid', sid],
    ['SmsStatus', 'delivered'],
    ['To', '+14155552671'],
  ]
  const signature = sign('5'.repeat(32), `https://shop.example.com/sms${path}`, params)
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-twilio-signature': signature,
  }
  const body = new URLSearchParams(params).toString()
  return { path: `/sms${path}`, init: { method: 'POST', headers, body } }
}

/** Posts it to a host on this port, and gives back the status. */
export async function postCallback(port: number): Promise<number> {
  const { path, init } = genuineCallback()
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, init)
  await answer.text()
  return answer.status
}
