import { publicUrl, type TestApp } from './app.ts'
import { post, type SignedCallback, sign } from './signed-callback.ts'

export const inboundPath = '/webhooks/sms/twilio/inbound/'
export const inboundUrl = `${publicUrl}${inboundPath}`
export const ourNumber = '+15005550006'

/** A genuine inbound message, signed by Twilio's own package. */
export function inboundMessage(
  test: TestApp,
  facts: {
    sid: string
    body: string
    from?: string
    to?: string
    path?: string
    token?: string
    extra?: [string, string][]
  },
): SignedCallback {
  const { sid, body, from = '+14155552671', to = ourNumber, extra = [] } = facts
  const { path = inboundPath, token = test.twilio.authToken } = facts
  const given: [string, string][] = [
    ['AccountSid', test.twilio.accountSid],
    ['ApiVersion', '2010-04-01'],
    ['Body', body],
    ['From', from],
    ['FromCity', ''],
    ['MessageSid', sid],
    ['NumMedia', '0'],
    ['NumSegments', '1'],
    ['SmsMessageSid', sid],
    ['SmsSid', sid],
    ['SmsStatus', 'received'],
    ['To', to],
  ]
  const added = new Set(extra.map(([name]) => name))
  const params = [...given.filter(([name]) => !added.has(name)), ...extra]
  return { path, params, signature: sign(token, publicUrl + path, params) }
}

/** A phone writes; answers the status of the webhook. */
export async function write(
  test: TestApp,
  facts: Parameters<typeof inboundMessage>[1],
): Promise<number> {
  return (await post(test, inboundMessage(test, facts))).status
}
