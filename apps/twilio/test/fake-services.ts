import { readSettings, type TwilioConfig } from '../src/config.ts'
import type { Authorize } from '../src/domain/access.ts'
import { apiScopes } from '../src/domain/access.ts'
import type { LogFields, Logger } from '../src/domain/log.ts'
import type { Message } from '../src/domain/message.ts'
import { createFetchHandler } from '../src/hosts/fetch.ts'
import type { Endpoint, Readiness } from '../src/routes/contract.ts'
import { createHandler } from '../src/routes/handle.ts'
import { endpoints } from '../src/routes/index.ts'
import { createOpenApi } from '../src/routes/openapi/document.ts'
import type { CallbackResult, Callbacks } from '../src/services/callbacks.ts'
import type { CancelResult, Messages, SendResult } from '../src/services/messages.ts'
import type { CheckResult, StartResult, Verifications } from '../src/services/verifications.ts'
import { sampleMessage } from './storage/samples.ts'

/** The moment at which everything in these tests happens. */
export const noon = Date.parse('2026-11-22T12:00:00.000Z')

export const messageId = '019ab5c0-0000-7000-8000-000000000001'

export function aMessage(overrides: Partial<Message> = {}): Message {
  return sampleMessage({
    id: messageId,
    message: 'Hello',
    expiresAt: noon + 3_600_000,
    nextAt: noon,
    lastEventTime: undefined,
    createdAt: noon,
    updatedAt: noon,
    ...overrides,
  })
}

export function someSettings(config: Partial<TwilioConfig> = {}) {
  return readSettings({
    twilio: {
      accountSid: `AC${'0'.repeat(32)}`,
      authToken: 'not-a-real-token',
      defaultFrom: '+15005550006',
    },
    publicUrl: 'https://example.com',
    ...config,
  })
}

/** What the services of a fake app answer; whatever is left out answers success. */
export interface FakeAnswers {
  config?: Partial<TwilioConfig>
  authorize?: Authorize
  send?: () => SendResult | Promise<SendResult>
  get?: Messages['get']
  whenAnswered?: Messages['whenAnswered']
  receive?: CallbackResult
  cancel?: CancelResult
  start?: StartResult
  check?: CheckResult
  readiness?: () => Promise<Readiness>
  more?: Endpoint[]
}

/** The real HTTP core over services that only note what they are asked. */
export function createFakeApp(answers: FakeAnswers = {}) {
  const calls: { service: string; input: unknown }[] = []
  const logs: { level: string; fields: LogFields; message: string }[] = []
  const note = (service: string, input: unknown) => calls.push({ service, input })
  const log = (level: string) => (fields: LogFields, message: string) => {
    logs.push({ level, fields, message })
  }
  const logger: Logger = {
    debug: log('debug'),
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
  }
  const messages: Messages = {
    async send(input) {
      note('messages.send', input)
      return answers.send?.() ?? { kind: 'accepted', message: aMessage(), replayed: false }
    },
    async get(id) {
      note('messages.get', id)
      return answers.get?.(id)
    },
    list: async () => ({ messages: [], next: undefined }),
    follow: async (next = { tx: '0', id: 0, floor: 0, mark: { tx: '0', id: 0 } }) => ({
      events: [],
      next,
    }),
    async cancel(id, options) {
      note('messages.cancel', { id, ...options })
      return answers.cancel ?? { kind: 'canceled', message: aMessage({ id, status: 'CANCELED' }) }
    },
    redact: async () => ({ kind: 'message-not-found' }),
    erase: async () => ({ kind: 'invalid-phone' }),
    resend: async () => ({ kind: 'message-not-found' }),
    listInbound: async () => [],
    async whenAnswered(id, waitMs) {
      note('messages.whenAnswered', { id, waitMs })
      return answers.whenAnswered?.(id, waitMs)
    },
  }
  const callbacks: Callbacks = {
    async receive(request) {
      note('callbacks.receive', request)
      return answers.receive ?? { kind: 'stored' }
    },
  }
  const verifications: Verifications = {
    async start(input) {
      note('verifications.start', input)
      return (
        answers.start ?? {
          kind: 'started',
          verificationId: 'v-1',
          toPhone: input.toPhone,
          channel: 'sms',
          expiresAt: noon + 600_000,
          resendAfter: noon + 30_000,
          sendsLeft: 4,
        }
      )
    },
    async check(input) {
      note('verifications.check', input)
      return answers.check ?? { kind: 'incorrect', attemptsLeft: 4 }
    },
    cancel: async () => false,
    readProof: async () => undefined,
    textOf: async () => undefined,
    bodyOf: async () => undefined,
  }
  const settings = someSettings(answers.config)
  const handle = createHandler({
    endpoints: [...Object.values(endpoints), ...(answers.more ?? [])],
    settings,
    tools: {
      settings,
      messages,
      callbacks,
      inbound: callbacks,
      verifications,
      readiness: answers.readiness ?? (async () => ({ ready: true, checks: { database: true } })),
      openApi: createOpenApi(endpoints, settings),
    },
    authorize: answers.authorize ?? (() => ({ id: 'tester', scopes: apiScopes })),
    logger,
    isOutage: (error) => error instanceof RangeError,
    randomBytes: (size) => new Uint8Array(size).fill(7),
  })
  const serve = createFetchHandler(handle)

  return {
    handle,
    calls,
    logs,
    fetch: (path: string, init?: RequestInit, clientAddress?: string) =>
      serve(new Request(`https://host.example${path}`, init), { clientAddress }),
    post: (path: string, body: unknown, headers: Record<string, string> = {}) =>
      serve(
        new Request(`https://host.example${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body:
            typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
        }),
        { clientAddress: '203.0.113.9' },
      ),
  }
}

/** The members of a problem that tests look at. */
export async function problemOf(response: Response) {
  const document = (await response.json()) as {
    type: string
    title: string
    status: number
    code: string
    detail?: string
    errors?: { field: string; code: string; message: string }[]
    request_id?: string
  }
  return document
}
