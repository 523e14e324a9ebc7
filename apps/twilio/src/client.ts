import {
  type ClientWorld,
  createExchange,
  type Exchange,
  type Fetch,
  type Fields,
} from './client/exchange.ts'
import { toWire } from './client/names.ts'
import type {
  CancelResult,
  Checked,
  CheckInput,
  CheckResult,
  Message,
  MessageEvent,
  SendInput,
  SendResult,
  Started,
  StartInput,
  StartResult,
  StatusResult,
} from './client/results.ts'
import { coreProblems, endpointProblems } from './routes/endpoint-problems.ts'

export type { Fetch } from './client/exchange.ts'
export type {
  CancelResult,
  CheckInput,
  CheckResult,
  Failure,
  Message,
  MessageEvent,
  Refusal,
  RefusalFacts,
  SendInput,
  SendResult,
  StartInput,
  StartResult,
  StatusResult,
} from './client/results.ts'

/** How a client reaches its server. */
export interface ClientOptions {
  /** The `publicUrl` of the app; in a browser a path such as `/sms` will do. */
  baseUrl: string
  /** For backends. A front end has none: its verification needs `verification.access: 'public'`. */
  apiKey?: string | undefined
  /** Default: the `fetch` of the platform. */
  fetch?: Fetch | undefined
  /** How long an answer may take; default 10,000. */
  timeoutMs?: number | undefined
  /** How often `send` and `status` try again; default 2. */
  retries?: number | undefined
}

/** What every call takes. */
export interface CallOptions {
  /** Ends the call early: it resolves with `aborted`. */
  signal?: AbortSignal | undefined
}

/** What a send takes. */
export interface SendOptions extends CallOptions {
  /** Your name for this message, such as `order-17-shipped`; default: a random one a call. */
  idempotencyKey?: string | undefined
  /** Seconds to wait for the answer of Twilio; `message.status` tells whether it came. */
  wait?: number | undefined
}

/** The API over HTTP. No call throws: each resolves with a `kind`. */
export interface TwilioClient {
  messages: {
    /**
     * Sends one message. Where no answer comes, it is tried again under the same `Idempotency-Key`, so
     * that it is sent once.
     */
    send(input: SendInput, options?: SendOptions): Promise<SendResult>
    /** The message and what happened to it. */
    status(id: string, options?: CallOptions): Promise<StatusResult>
    /** Takes a message back that waits on the server; repeated by itself, as it changes nothing twice. */
    cancel(id: string, options?: CallOptions): Promise<CancelResult>
  }
  verification: {
    /** Sends a code. Never repeated by itself: each start is one of the sends that are left. */
    start(input: StartInput, options?: CallOptions): Promise<StartResult>
    /** Checks a code. Never repeated by itself: each check is one of the guesses that are left. */
    check(input: CheckInput, options?: CallOptions): Promise<CheckResult>
  }
}

type Found = Message & { events: MessageEvent[] }

const credential = coreProblems.credential
const codes = {
  send: [...endpointProblems.sendMessage, ...credential, 'invalid-body'],
  status: [...endpointProblems.getMessageStatus, ...credential],
  cancel: [...endpointProblems.cancelMessage, ...credential],
  start: [...endpointProblems.startVerification, ...credential, 'invalid-body'],
  check: [...endpointProblems.checkVerification, ...credential],
} as const

/** Makes a client. For browsers, Node and whatever else has `fetch`. */
export function createTwilioClient(options: ClientOptions, world: ClientWorld = {}): TwilioClient {
  const { baseUrl, apiKey, timeoutMs = 10_000, retries = 2 } = options
  const exchange = createExchange({
    baseUrl,
    apiKey,
    // Not taken out of its place: a browser's `fetch` wants to be called as its own.
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
    world,
  })
  function posted<Code extends string, Answer>(
    path: string,
    input: object,
    rest: Pick<Exchange<Code, Answer>, 'codes' | 'signal' | 'isAnswer'>,
  ): Exchange<Code, Answer> {
    return { method: 'POST', path, body: toWire(input), timeoutMs, retries: 0, ...rest }
  }

  return {
    messages: {
      async send(input, { signal, idempotencyKey = randomKey(), wait = 0 } = {}) {
        // `fetch` throws at headers that it cannot write.
        if (!/^[\x20-\x7e]*$/.test(idempotencyKey)) {
          return { kind: 'invalid-idempotency-key', idempotencyKey }
        }
        const headers: Record<string, string> = { 'idempotency-key': idempotencyKey }
        if (wait > 0) headers['prefer'] = `wait=${Math.ceil(wait)}`
        const result = await exchange({
          ...posted('/api/sms/send/', input, { codes: codes.send, signal, isAnswer: isMessage }),
          headers,
          timeoutMs: timeoutMs + wait * 1_000,
          retries,
        })
        if (result.kind !== 'answered') return { ...result, idempotencyKey }
        const replayed = result.headers.get('idempotent-replayed') === 'true'
        return { kind: 'accepted', message: result.fields, replayed, idempotencyKey }
      },
      async status(id, { signal } = {}) {
        const path = `/api/sms/${encodeURIComponent(id)}/status/`
        const result = await exchange({
          method: 'GET',
          path,
          timeoutMs,
          signal,
          retries,
          codes: codes.status,
          isAnswer: isFound,
        })
        if (result.kind !== 'answered') return result
        const { events, ...message } = result.fields
        return { kind: 'found', message, events }
      },
      async cancel(id, { signal } = {}) {
        const path = `/api/sms/${encodeURIComponent(id)}/cancel/`
        const result = await exchange({
          method: 'POST',
          path,
          timeoutMs,
          signal,
          retries,
          codes: codes.cancel,
          isAnswer: isMessage,
        })
        return result.kind === 'answered' ? { kind: 'canceled', message: result.fields } : result
      },
    },
    verification: {
      async start(input, { signal } = {}) {
        const call = posted('/api/sms/verify/start/', input, {
          codes: codes.start,
          signal,
          isAnswer: isStarted,
        })
        const result = await exchange(call)
        if (result.kind !== 'answered') return result
        const { status: _, ...started } = result.fields
        return { kind: 'started', ...started }
      },
      async check(input, { signal } = {}) {
        const call = posted('/api/sms/verify/check/', input, {
          codes: codes.check,
          signal,
          isAnswer: isChecked,
        })
        const result = await exchange(call)
        return result.kind === 'answered' ? endingOf(result.fields) : result
      },
    },
  }
}

const isMessage = (fields: Fields | Message): fields is Message =>
  typeof fields['id'] === 'string' && typeof fields['status'] === 'string'

const isFound = (fields: Fields | Found): fields is Found =>
  isMessage(fields) && 'events' in fields && Array.isArray(fields.events)

const isStarted = (fields: Fields | Started): fields is Started =>
  typeof fields['verificationId'] === 'string'

const isChecked = (fields: Fields | Checked): fields is Checked =>
  typeof fields['outcome'] === 'string'

function endingOf(checked: Checked): CheckResult {
  switch (checked.outcome) {
    case 'approved': {
      const { outcome: kind, ...proof } = checked
      return { kind, ...proof }
    }
    case 'incorrect':
      return { kind: checked.outcome, attemptsLeft: checked.attemptsLeft }
    case 'expired':
    case 'too-many-attempts':
    case 'already-used':
    case 'canceled':
    case 'not-found':
      return { kind: checked.outcome }
  }
}

/** 128 random bits. Unlike `crypto.randomUUID` it is there on pages without https too. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
