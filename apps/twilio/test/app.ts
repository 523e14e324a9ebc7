import { createServer } from 'node:http'
import type { TestContext } from 'node:test'
import { createSimulator, type Simulator } from '@hsb/twilio-simulator'
import { createTwilioApp, type TwilioApp, type World } from '../src/app.ts'
import type { TwilioConfig } from '../src/config.ts'
import type { LogFields, Logger } from '../src/domain/log.ts'
import { createTestClock, type TestClock } from './clock.ts'
import { listening } from './listening.ts'

/** A real app on a real database, in front of a simulated Twilio reached over real HTTP. */
export interface TestApp {
  app: TwilioApp
  twilio: Simulator
  clock: TestClock
  /** Moves both clocks; callbacks that Twilio posts on the way arrive at the app. */
  advance(ms: number): Promise<void>
  /** A request with an API key of every scope, unless `headers` says otherwise. */
  request(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Reply>
  /** Every line that was logged. */
  logs: { level: string; fields: LogFields; message: string }[]
  /** Before the end of the test, for what happens after a restart. */
  stop(): Promise<void>
}

/** An answer with its body read. */
export interface Reply {
  status: number
  headers: Headers
  body: Record<string, unknown>
  text: string
}

/** Config over the test's defaults, section by section, and the world around the app. */
export interface TestOptions extends World {
  config?: Partial<TwilioConfig> | undefined
  twilio?: Parameters<typeof createSimulator>[0]
}

let newDatabase = (): TwilioConfig['database'] => ':memory:'

/** Gives the test apps of this process another kind of database than SQLite's in memory. */
export function useDatabases(create: () => TwilioConfig['database']): void {
  newDatabase = create
}

export const publicUrl = 'https://sms.example.test'

/** Builds it all, and stops it when the test ends, however it ends. */
export async function createTestApp(
  t: Pick<TestContext, 'after'>,
  options: TestOptions = {},
): Promise<TestApp> {
  const { config = {}, twilio: simulatorOptions, ...world } = options
  const clock = createTestClock()
  let app: TwilioApp | undefined
  const twilio = createSimulator({
    clock: 'manual',
    startAt: new Date(clock.now()),
    post: async (request) => (app ? app.fetch(request) : new Response(null, { status: 503 })),
    ...simulatorOptions,
  })
  let stopping: Promise<void> | undefined
  const stop = () => (stopping ??= stopAll())
  async function stopAll(): Promise<void> {
    await app?.stop()
    await twilio.close()
  }
  // Before anything can fail: a server left listening would keep the test process alive.
  t.after(stop)
  const { url } = await twilio.listen()
  const { logs, logger } = createTestLogger()
  app = createTwilioApp({ ...defaults(twilio, url), logger, ...config }, { clock, ...world })
  await app.start()
  const scopes = ['send', 'read', 'verify', 'admin'] as const
  const { key } = await app.apiKeys.create({ name: 'test', scopes: [...scopes] })

  const running = app
  return {
    app: running,
    twilio,
    clock,
    logs,
    async advance(ms) {
      await clock.advance(ms)
      await twilio.clock.advance(ms)
    },
    async request(method, path, body, headers = {}) {
      const response = await running.fetch(
        new Request(`${publicUrl}${path}`, {
          method,
          headers: {
            authorization: `Bearer ${key}`,
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            ...headers,
          },
          ...(body === undefined
            ? {}
            : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        }),
      )
      const text = await response.text()
      const json = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {}
      return { status: response.status, headers: response.headers, body: json, text }
    },
    stop,
  }
}

function defaults(twilio: Simulator, url: string): TwilioConfig {
  return {
    twilio: {
      accountSid: twilio.accountSid,
      authToken: twilio.authToken,
      defaultFrom: '+15005550006',
      verifyServiceSid: twilio.verifyServiceSid,
      baseUrl: url,
    },
    publicUrl,
    database: newDatabase(),
    worker: 'manual',
    verification: {
      secrets: ['a secret of a test, long enough to be one'],
      countries: 'all',
      refusedTypes: [],
    },
  }
}

function createTestLogger(): { logs: TestApp['logs']; logger: Logger } {
  const logs: TestApp['logs'] = []
  const write = (level: string) => (fields: LogFields, message: string) => {
    logs.push({ level, fields, message })
  }
  return {
    logs,
    logger: {
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
    },
  }
}

/** The app behind a real port, until the test ends. */
export function listen(t: TestContext, test: TestApp): Promise<number> {
  return listening(t, createServer(test.app.node))
}
