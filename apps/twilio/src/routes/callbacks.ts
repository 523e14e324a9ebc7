import { z } from 'zod'
import { defineEndpoint } from './contract.ts'
import { problem } from './problems.ts'

// Twilio adds parameters without notice: https://www.twilio.com/docs/usage/webhooks/messaging-webhooks
const statusForm = z.looseObject({
  AccountSid: z.string(),
  MessageSid: z.string(),
  MessageStatus: z.string(),
  ErrorCode: z.string().optional(),
})

/** Takes a status callback. The signature is its authentication. */
export const receiveCallback = defineEndpoint({
  method: 'POST',
  path: '/webhooks/sms/twilio/',
  summary: 'Status callback of Twilio',
  scope: 'public',
  request: {
    // A doubled header arrives joined by a comma, which no signature holds: it is refused as forged.
    headers: z.object({ 'x-twilio-signature': z.string().optional() }),
    form: statusForm,
  },
  answers: { 204: null },
  problems: ['invalid-signature', 'invalid-callback', 'unavailable'],
  async handle({ headers, bytes, rawQuery }, { callbacks }) {
    const signature = headers['x-twilio-signature']
    const result = await callbacks.receive({ rawQuery, body: bytes, signature })
    switch (result.kind) {
      case 'stored':
        return { status: 204 }
      case 'forged':
        return problem('invalid-signature')
      case 'malformed':
        return problem('invalid-callback', { detail: result.words })
      case 'unavailable':
        return problem('unavailable')
    }
  },
})
