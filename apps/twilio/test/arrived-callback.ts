import sdk from 'twilio'
import type { ReceivedCallback } from '../src/provider/callback-variants.ts'
import { someSettings } from './fake-services.ts'

export const account = `AC${'0'.repeat(32)}`
export const [token, oldToken, keySecret] = ['a'.repeat(32), 'b'.repeat(32), 'c'.repeat(32)]
export const query = '?message_id=019ab5c0-0000-7000-8000-000000000001&attempt=1'
export const hook = '/webhooks/sms/twilio/'
export const base = 'https://shop.example.com/sms'
export const fields = {
  MessageSid: `SM${'1'.repeat(32)}`,
  SmsSid: `SM${'1'.repeat(32)}`,
  AccountSid: account,
  ApiVersion: '2010-04-01',
  From: '+15005550006',
  To: '+14155552671',
  MessageStatus: 'delivered',
  SmsStatus: 'delivered',
}

export const settings = someSettings({
  publicUrl: base,
  twilio: {
    accountSid: account,
    authToken: token,
    otherAuthTokens: [oldToken],
    apiKey: { sid: `SK${'0'.repeat(32)}`, secret: keySecret },
    defaultFrom: '+15005550006',
  },
})

/** A callback that Twilio signed over `signed`, by its own package, and that arrived at `url`. */
export function arrived(
  signed: string,
  {
    url = `${new URL(base).pathname}${hook}${query}`,
    headers = { host: 'shop.example.com' },
    by = token,
    params = fields,
    body = new URLSearchParams(params).toString(),
  }: {
    url?: string
    headers?: Record<string, string>
    by?: string
    params?: Record<string, string>
    body?: string
  } = {},
): ReceivedCallback {
  const signature = sdk.getExpectedTwilioSignature(by, signed, params)
  return { url, body, headers: { ...headers, 'x-twilio-signature': signature } }
}
