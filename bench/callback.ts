import { createHmac } from 'node:crypto'
import { postBytes } from './load.ts'

export const benchAccount = `AC${'b'.repeat(32)}`
export const benchToken = 'token-of-the-bench'
export const benchPublicUrl = 'http://127.0.0.1'

/** A signed callback `delivered` for one message, as Twilio would post it. */
export function callbackBytes(messageId: string, index: number): Buffer {
  const sid = `SM${index.toString(16).padStart(32, '0')}`
  const params: Record<string, string> = {
    AccountSid: benchAccount,
    ApiVersion: '2010-04-01',
    From: '+15005550006',
    MessageSid: sid,
    MessageStatus: 'delivered',
    RawDlrDoneDate: '2611221200',
    SmsSid: sid,
    SmsStatus: 'delivered',
    To: '+14155552671',
  }
  const path = `/webhooks/sms/twilio/?message_id=${messageId}&attempt=1`
  const signed = benchPublicUrl + path + Object.entries(params).flat().join('')
  const signature = createHmac('sha1', benchToken).update(signed).digest('base64')
  const type = 'application/x-www-form-urlencoded'
  return postBytes(
    path,
    { 'content-type': type, 'x-twilio-signature': signature },
    new URLSearchParams(params).toString(),
  )
}
