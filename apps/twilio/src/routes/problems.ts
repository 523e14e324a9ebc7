import type { PlainResponse } from './plain.ts'

/** Every error the app can answer with. The key is the contract; the words may change. */
export const problems = {
  'invalid-json': { status: 400, title: 'The request body is not JSON in UTF-8.' },
  'invalid-body': { status: 400, title: 'The request body has a wrong or missing field.' },
  'unreadable-body': { status: 400, title: 'The request body broke off, or was taken before us.' },
  'invalid-query': { status: 400, title: 'The query has a wrong or missing parameter.' },
  'invalid-header': { status: 400, title: 'A header of the request is wrong or missing.' },
  'invalid-idempotency-key': {
    status: 400,
    title: 'Idempotency-Key must be 1 to 255 printable ASCII characters.',
  },
  'invalid-callback': { status: 400, title: 'The callback is signed but not understood.' },
  unauthenticated: { status: 401, title: 'The request names no valid credential.' },
  'wrong-credentials': { status: 401, title: 'The name or the password is wrong.' },
  forbidden: { status: 403, title: 'The credential does not allow this.' },
  'invalid-signature': { status: 403, title: 'The signature does not fit the request.' },
  'not-found': { status: 404, title: 'There is nothing at this address.' },
  'message-not-found': { status: 404, title: 'There is no such message.' },
  'verification-not-found': { status: 404, title: 'There is no such running verification.' },
  'method-not-allowed': { status: 405, title: 'The address does not take this method.' },
  'opted-out': { status: 409, title: 'The phone does not want to be texted.' },
  'too-late-to-cancel': {
    status: 409,
    title: 'The message has left, or may have: it can no longer be taken back.',
  },
  'not-over': { status: 409, title: 'The message is still on its way.' },
  'cannot-resend': { status: 409, title: 'This message cannot be sent again.' },
  'body-too-large': { status: 413, title: 'The request body is longer than 64 KiB.' },
  'url-too-long': { status: 414, title: 'The address is longer than 4 KiB.' },
  'unsupported-media-type': { status: 415, title: 'The request body has another type or coding.' },
  'invalid-message': { status: 422, title: 'The message cannot be sent as it is.' },
  'invalid-phone': { status: 422, title: 'The phone number is not a valid one in E.164 form.' },
  'destination-not-allowed': { status: 422, title: 'This destination is not switched on.' },
  'channel-not-available': { status: 422, title: 'Codes cannot travel by this channel here.' },
  'idempotency-key-reused': {
    status: 422,
    title: 'The Idempotency-Key was used for another request.',
  },
  throttled: { status: 429, title: 'Too many requests; try again later.' },
  internal: { status: 500, title: 'Something went wrong on our side.' },
  unavailable: { status: 503, title: 'The service cannot answer at the moment; try again.' },
} as const satisfies Record<string, { status: number; title: string }>

/** The stable name of a problem. */
export type ProblemCode = keyof typeof problems

/** Every code, in the order of the table. */
export const problemCodes = Object.keys(problems).filter(isProblemCode)

/** True for the name of a problem of the table. */
export function isProblemCode(text: string): text is ProblemCode {
  return Object.hasOwn(problems, text)
}

/** What is wrong with one field, by its name on the wire. */
export interface FieldError {
  /** `metadata.order`; empty for the body as a whole. */
  field: string
  /** Kebab-case and stable, such as `required` or `too-big`. */
  code: string
  message: string
}

/** A problem to be answered. */
export interface Problem<C extends ProblemCode = ProblemCode> {
  problem: C
  detail?: string | undefined
  errors?: readonly FieldError[] | undefined
  retryAfterSeconds?: number | undefined
}

/** The members of a problem document (RFC 9457) beside those of every such document. */
export interface ProblemDocument {
  type: string
  title: string
  status: number
  code: ProblemCode
  detail?: string | undefined
  errors?: readonly FieldError[] | undefined
  /** Absent from `invalid-signature`. */
  request_id?: string | undefined
}

/** Makes a problem; what is left out stays out of the document. */
export function problem<C extends ProblemCode>(
  code: C,
  more: Omit<Problem, 'problem'> = {},
): Problem<C> {
  return { problem: code, ...more }
}

/** Headers of every answer: nothing here may be kept by a cache or be taken for something else. */
export const safeHeaders = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
} as const

/** The problem as an answer, with the headers that belong to its status. */
export function problemResponse(
  problem: Problem,
  requestId?: string,
): PlainResponse & { body: string } {
  const { problem: code, detail, errors } = problem
  const { status, title } = problems[code]
  const document: ProblemDocument = {
    type: `urn:hsb-twilio:problem:${code}`,
    title,
    status,
    code,
    detail,
    errors,
    // A forger learns nothing, not even that two of his tries were told apart.
    request_id: code === 'invalid-signature' ? undefined : requestId,
  }
  const headers: Record<string, string> = {
    'content-type': 'application/problem+json',
    ...safeHeaders,
  }
  if (requestId !== undefined) headers['x-request-id'] = requestId
  if (status === 401) headers['www-authenticate'] = 'Bearer realm="hsb-twilio"'
  const retryAfter = problem.retryAfterSeconds ?? retryAfterSeconds[status]
  if (retryAfter !== undefined) {
    headers['retry-after'] = String(Math.max(1, Math.ceil(retryAfter)))
  }
  return { status, headers, body: JSON.stringify(document) }
}

/** Where the one who answers cannot say it better. */
const retryAfterSeconds: Record<number, number> = { 429: 1, 503: 5 }
