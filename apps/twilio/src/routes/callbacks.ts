import { z } from 'zod'
import { statusForm } from './bodies.ts'
import { receiveCallbackDocs } from './callbacks-docs.ts'
import { defineEndpoint } from './contract.ts'
import { endpointProblems } from './endpoint-problems.ts'
import { problem } from './problems.ts'

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
  problems: endpointProblems.receiveCallback,
  docs: receiveCallbackDocs,
  async handle({ headers, bytes, rawQuery, received }, { callbacks }) {
    const signature = headers['x-twilio-signature']
    const result = await callbacks.receive({ rawQuery, body: bytes, signature }, received)
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
