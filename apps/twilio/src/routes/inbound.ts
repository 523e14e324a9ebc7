import { z } from 'zod'
import { inboundForm } from './bodies.ts'
import { defineEndpoint } from './contract.ts'
import { endpointProblems } from './endpoint-problems.ts'
import { receiveInboundDocs } from './inbound-docs.ts'
import { refusedPost, signedHeaders } from './signed-post.ts'

/** TwiML for "say nothing". Twilio would send any other text of the answer to the phone. */
const silence = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

/** Takes what a phone has written. The signature is its authentication. */
export const receiveInbound = defineEndpoint({
  method: 'POST',
  path: '/webhooks/sms/twilio/inbound/',
  summary: 'Inbound message of Twilio',
  scope: 'public',
  request: {
    headers: signedHeaders,
    form: inboundForm,
  },
  answers: { 200: z.string() },
  problems: endpointProblems.receiveInbound,
  docs: receiveInboundDocs,
  async handle({ headers, bytes, rawQuery, received }, { inbound }) {
    const signature = headers['x-twilio-signature']
    const result = await inbound.receive({ rawQuery, body: bytes, signature }, received)
    if (result.kind !== 'stored') return refusedPost(result)
    return { status: 200, body: silence, headers: { 'content-type': 'text/xml' } }
  },
})
