import { parseStatusCallback } from '@hsb/twilio-sms'
import type { Settings } from '../config.ts'
import { isOptOut, messageStatusOf } from './message-status.ts'
import type { CallbackReading, CallbackRequest } from './provider.ts'
import { createSignatureCheck } from './signed-requests.ts'

/** Where Twilio posts what became of a message, below `publicUrl`. */
export const callbackPath = '/webhooks/sms/twilio'

// Asks Twilio to repeat what we could not store; by default it would repeat nothing but a failed
// connection. The fragment is neither sent nor signed.
// https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
const overrides = '#rc=5&rp=all'

/** The StatusCallback of one attempt. It carries our id, so that the callback finds the row by itself. */
export function statusCallbackUrl(publicUrl: string, messageId: string, attempt: number): string {
  return `${publicUrl}${callbackPath}/?message_id=${messageId}&attempt=${attempt}${overrides}`
}

// The only queries we ever hand out; `%37` for `7` would verify and is nevertheless not ours.
const ownQuery = /^message_id=([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})&attempt=([1-9]\d{0,5})$/

/** Reads callbacks: the signature first, over the configured public URL and no other; then the grammar. */
export function createCallbackReader(
  settings: Settings,
): (request: CallbackRequest) => CallbackReading {
  const check = createSignatureCheck(settings)
  const accountSid = settings.twilio.accountSid.toLowerCase()

  return (request) => {
    const { rawQuery } = request
    const read = check(request, callbackPath)
    if (read.kind !== 'signed') return read
    const ours = ownQuery.exec(rawQuery)
    if (rawQuery !== '' && !ours) return { kind: 'malformed', words: 'the query is not ours' }
    const callback = parseStatusCallback(read.params)
    if (callback.kind === 'invalid') return { kind: 'malformed', words: callback.reason }
    if (callback.accountSid.toLowerCase() !== accountSid)
      return { kind: 'malformed', words: 'another account' }
    const status = messageStatusOf(callback.status)
    if (status === 'RECEIVED') return { kind: 'malformed', words: 'a status of inbound messages' }
    return {
      kind: 'status',
      messageId: ours?.[1],
      attempt: ours?.[2] === undefined ? undefined : Number(ours[2]),
      report: {
        providerMsgId: callback.messageSid,
        status,
        words: callback.statusWord,
        // The sender in a callback may be of another channel, or a border drawn anew: not stored.
        fromPhone: undefined,
        errorCode: callback.errorCode,
        optOut: isOptOut(callback.errorCode),
        numSegments: undefined,
        price: undefined,
        priceUnit: undefined,
      },
    }
  }
}
