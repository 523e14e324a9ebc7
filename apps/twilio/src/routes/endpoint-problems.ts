import type { ProblemCode } from './problems.ts'

// Which problems an endpoint can end in. Plain lists in a file of their own: the typed client in a
// browser brings them along, and must not bring the schemas with them.

/** What the function behind each endpoint refuses with. */
export const endpointProblems = {
  sendMessage: [
    'invalid-idempotency-key',
    'invalid-phone',
    'invalid-message',
    'destination-not-allowed',
    'opted-out',
    'idempotency-key-reused',
    'throttled',
    'unavailable',
  ],
  getMessageStatus: ['message-not-found', 'unavailable'],
  cancelMessage: ['message-not-found', 'too-late-to-cancel', 'unavailable'],
  startVerification: [
    'invalid-phone',
    'destination-not-allowed',
    'channel-not-available',
    'verification-not-found',
    'throttled',
    'unavailable',
  ],
  checkVerification: ['invalid-body', 'invalid-phone', 'throttled', 'unavailable'],
  receiveInbound: ['invalid-signature', 'invalid-callback', 'unavailable'],
  receiveCallback: ['invalid-signature', 'invalid-callback', 'unavailable'],
} as const satisfies Record<string, readonly ProblemCode[]>

/** What is answered before an endpoint is asked, by the part of its contract that brings it in. */
export const coreProblems = {
  always: ['url-too-long', 'internal'],
  /** Whoever asks who calls asks the database. */
  credential: ['unauthenticated', 'forbidden', 'unavailable'],
  query: ['invalid-query'],
  json: ['invalid-json', 'invalid-body'],
  anyBody: ['body-too-large', 'unreadable-body', 'unsupported-media-type'],
} as const satisfies Record<string, readonly ProblemCode[]>
