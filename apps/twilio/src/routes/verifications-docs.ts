import type { checkBody, startBody } from './bodies.ts'
import type { EndpointDocs } from './endpoint-docs.ts'
import type { checkedVerification, startedVerification } from './shapes.ts'

const verificationId = '01a203fc-9de0-7000-b4b7-886f9b03619e'

/** What readers are told of `startVerification`. */
export const startVerificationDocs = {
  tag: 'Verification',
  description:
    'Sends a code. Asking again from the same client address, or with `verification_id` from anywhere, sends the same code once more under the same deadline. The answer does not tell whether the number is known.',
  requests: {
    start: { summary: 'A code by text', value: { to_phone: '+14155552671' } },
    login: {
      summary: 'A code in Swedish, for a login',
      value: { to_phone: '+14155552671', channel: 'sms', locale: 'sv', purpose: 'login' },
    },
    resend: {
      summary: 'The same code once more',
      value: { to_phone: '+14155552671', verification_id: verificationId },
    },
  },
  answers: {
    202: {
      description: 'The code is on its way.',
      examples: {
        started: {
          summary: 'A running verification',
          value: {
            verification_id: verificationId,
            status: 'pending',
            channel: 'sms',
            expires_at: '2026-11-22T16:10:16.000Z',
            resend_after: '2026-11-22T16:00:46.863Z',
            sends_left: 4,
          },
        },
      },
    },
  },
} satisfies EndpointDocs<typeof startBody, { 202: typeof startedVerification }>

/** What readers are told of `checkVerification`. */
export const checkVerificationDocs = {
  tag: 'Verification',
  description:
    'Every `outcome` is a 200: the question was answered. A guess is counted before it is looked at. `approved` is said once only, with a token that your backend reads.',
  requests: {
    check: { summary: 'A guess', value: { verification_id: verificationId, code: '743898' } },
    byPhone: {
      summary: 'A guess by number, where the settings allow it',
      value: { to_phone: '+14155552671', purpose: 'login', code: '743898' },
    },
  },
  answers: {
    200: {
      description: 'How the guess ended.',
      examples: {
        approved: {
          summary: 'The phone is proven',
          value: {
            outcome: 'approved',
            token: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIrMTQxNTU1NTI2NzEifQ.c2lnbmF0dXJl',
            token_expires_at: '2026-11-22T16:05:16.000Z',
            to_phone: '+14155552671',
          },
        },
        incorrect: {
          summary: 'Another code was sent',
          value: { outcome: 'incorrect', attempts_left: 4 },
        },
        expired: { summary: 'Too late', value: { outcome: 'expired' } },
      },
    },
  },
} satisfies EndpointDocs<typeof checkBody, { 200: typeof checkedVerification }>
