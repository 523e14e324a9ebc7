/**
 *   TwilioError               the base; `instanceof` this to catch them all
 *   ├── TwilioConfigError     an option or argument is wrong: `option`; nothing was sent
 *   ├── TwilioReplyError      Twilio answered and said no: `httpStatus`, `code`, `retry`
 *   └── TwilioNoReplyError    no usable answer: `sent` says whether Twilio may have acted
 *
 * No error of this package holds a credential, a request or an answer's text, so that all of them
 * can be logged as they are.
 */
import { describeCode, describeStatus } from './error-codes.ts'
import type { CodeCategory, RetryRule } from './error-codes.ts'

/** The base of every error this package throws. */
export class TwilioError extends Error {
  override readonly name: string = 'TwilioError'
}

/** An option or an argument is missing or malformed. It was noticed before anything was sent. */
export class TwilioConfigError extends TwilioError {
  override readonly name = 'TwilioConfigError'
  /** The name of the wrong option or argument. */
  readonly option: string

  constructor(option: string, problem: string) {
    super(`${option} ${problem}`)
    this.option = option
  }
}

/** What is known about an answer that says no. */
export interface ReplyFacts {
  readonly httpStatus: number
  readonly code?: number | undefined
  /** Whether repeating the call changes nothing: reads, deletes, and changes to a fixed value. */
  readonly repeatable: boolean
  readonly retryAfterSeconds?: number | undefined
  readonly requestId?: string | undefined
  readonly detail?: string | undefined
}

/**
 * Twilio answered, and not with success. A 4xx was certainly not carried out; after a 5xx nobody
 * knows, and for a call that creates something `retry` is then `reconcile`.
 */
export class TwilioReplyError extends TwilioError {
  override readonly name = 'TwilioReplyError'
  readonly httpStatus: number
  /** Twilio's error code, if the answer had one; see `describeCode`. */
  readonly code: number | undefined
  readonly category: CodeCategory
  readonly retry: RetryRule
  /** Whether the same call may be repeated later, unchanged and without looking anything up. */
  readonly retryable: boolean
  /** How long Twilio asked us to wait, from the Retry-After header. */
  readonly retryAfterSeconds: number | undefined
  /** Twilio's id of the request (`RQ…`), for its support. */
  readonly requestId: string | undefined
  // Behind a getter, so that printing the error does not print it.
  readonly #detail: string | undefined

  constructor(facts: ReplyFacts) {
    const { httpStatus, code } = facts
    const known = code === undefined ? describeStatus(httpStatus) : describeCode(code, httpStatus)
    const named = code === undefined ? '' : `, code ${code}`
    super(`Twilio answered ${httpStatus}${named}: ${known.meaning}`)
    this.httpStatus = httpStatus
    this.code = code
    this.category = known.category
    this.retry = retryOf(facts, known.retry)
    this.retryable = this.retry === 'backoff' || this.retry === 'delayed'
    this.retryAfterSeconds = facts.retryAfterSeconds
    this.requestId = facts.requestId
    this.#detail = facts.detail
  }

  /** Twilio's own words. They may hold a phone number: show them to the caller, do not log them. */
  get detail(): string | undefined {
    return this.#detail
  }
}

// Only a 4xx proves that nothing happened. Whatever the code says, an answer of another kind to a
// create leaves open whether it took place; a read or a fixed change is simply made again.
function retryOf(facts: ReplyFacts, usual: RetryRule): RetryRule {
  if (facts.httpStatus >= 400 && facts.httpStatus < 500) return usual
  return facts.repeatable ? 'backoff' : 'reconcile'
}

/**
 * There is no usable answer. `sent` is `never` when the request certainly did not leave (name not
 * resolved, connection refused or not made in time, TLS failure) and a repetition is safe; it is
 * `maybe` in every other case, and then a message must not be sent again before it was looked up.
 */
export class TwilioNoReplyError extends TwilioError {
  override readonly name = 'TwilioNoReplyError'
  readonly sent: 'never' | 'maybe'
  /** A word for the cause: a system code such as `ECONNREFUSED`, or one of ours (`timed-out`). */
  readonly reason: string

  constructor(sent: 'never' | 'maybe', reason: string, cause?: unknown) {
    const end = sent === 'never' ? 'the request was not sent' : 'it may have been carried out'
    super(
      `no usable answer from Twilio (${reason}): ${end}`,
      cause === undefined ? undefined : { cause: withoutData(cause) },
    )
    this.sent = sent
    this.reason = reason
  }
}

// An HTTP client hangs what it has at hand on its errors: a piece of the answer, the certificate,
// with some clients the request and its credentials. The name, the code and the stack are enough.
function withoutData(cause: unknown): Error {
  if (!(cause instanceof Error)) return new Error('not an error object')
  const copy = new Error(cause.message)
  copy.name = cause.name
  if (cause.stack !== undefined) copy.stack = cause.stack
  return copy
}

/** The system's or HTTP client's code of an error (`ECONNRESET`), if it has one. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  const { code } = error
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : undefined
}
