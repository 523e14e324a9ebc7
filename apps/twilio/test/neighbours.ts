import type { TestContext } from 'node:test'
import { createTestApp, type TestApp, type TestOptions } from './app.ts'
import type { TwilioConfig } from '../src/config.ts'
import type { Provider, SendOutcome } from '../src/provider/provider.ts'
import { createTwilioProvider } from '../src/provider/twilio.ts'
import { readSettings } from '../src/config.ts'

/** Makes test apps that share one database, as processes do. Each has its own clock and its own Twilio. */
export function createNeighbours(t: TestContext, database: TwilioConfig['database']) {
  return (options: TestOptions = {}): Promise<TestApp> =>
    createTestApp(t, { ...options, config: { ...options.config, database } })
}

/** A Twilio that nothing comes back from; when the test ends, it turns out never to have been reached. */
export function createSilentProvider(t: TestContext): {
  provider: Provider
  called: Promise<void>
} {
  const called = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<SendOutcome>()
  // Before the app is made, whose stop waits for it.
  t.after(() => ended.resolve({ kind: 'unknown', words: 'the test is over' }))
  const settings = readSettings({
    twilio: { accountSid: `AC${'0'.repeat(32)}`, authToken: 'not-a-token', defaultFrom: 'Shop' },
    publicUrl: 'https://example.com',
  })
  const real = createTwilioProvider(settings, {
    now: () => 0,
    monotonic: () => 0,
    after: () => () => {},
  })
  const provider = {
    ...real,
    send: () => {
      called.resolve()
      return ended.promise
    },
  }
  return { provider, called: called.promise }
}
