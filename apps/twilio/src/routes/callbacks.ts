import { statusForm } from './bodies.ts'
import { receiveCallbackDocs } from './callbacks-docs.ts'
import { defineEndpoint } from './contract.ts'
import { endpointProblems } from './endpoint-problems.ts'
import { refusedPost, signedHeaders } from './signed-post.ts'

/** Takes a status callback. The signature is its authentication. */
export const receiveCallback = defineEndpoint({
  method: 'POST',
  path: '/webhooks/sms/twilio/',
  summary: 'Status callback of Twilio',
  scope: 'public',
  request: {
    headers: signedHeaders,
    form: statusForm,
  },
  answers: { 204: null },
  problems: endpointProblems.receiveCallback,
  docs: receiveCallbackDocs,
  async handle({ headers, bytes, rawQuery, received }, { callbacks }) {
    const signature = headers['x-twilio-signature']
    const result = await callbacks.receive({ rawQuery, body: bytes, signature }, received)
    if (result.kind !== 'stored') return refusedPost(result)
    return { status: 204 }
  },
})
