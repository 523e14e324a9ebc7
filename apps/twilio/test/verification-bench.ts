import assert from 'node:assert/strict'
import type { TwilioConfig } from '../src/config.ts'
import type { VerificationBackend } from '../src/domain/verification.ts'
import type {
  CheckResult,
  StartInput,
  StartResult,
  Verifications,
} from '../src/services/verifications.ts'
import type { World } from '../src/app.ts'
import { createTestApp, type TestApp } from './app.ts'

type Started = Extract<StartResult, { kind: 'started' }>
type VerificationConfig = NonNullable<TwilioConfig['verification']>

/** A test app with the moves of a person who verifies a phone. */
export interface VerificationBench extends TestApp {
  verifications: Verifications
  /** Starts for `phone` unless told otherwise, and expects that to work. */
  started(input?: Partial<StartInput>): Promise<Started>
  start(input?: Partial<StartInput>): Promise<StartResult>
  check(verificationId: string, code: string): Promise<CheckResult>
  /** The code on the phone's screen, once everything due has been sent. */
  codeOn(toPhone?: string): Promise<string>
  /** How many texts the phone has got, once everything due has been sent. */
  textsOn(toPhone?: string): Promise<number>
}

export const phone = '+14155552671'
export const secrets = ['a secret of a test, long enough to be one']

/** A code that is not the given one. */
export function wrong(code: string): string {
  return code.replace(/.$/, (digit) => String((Number(digit) + 1) % 10))
}

/** Bytes that look random and are the same in every run. */
export function fixedBytes(): (size: number) => Uint8Array {
  let state = 1
  return (size) =>
    Uint8Array.from({ length: size }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return state >>> 24
    })
}

/** Settings of a bench: of verification over the test's defaults, of throttles over the real ones. */
export interface BenchOptions {
  backend: VerificationBackend
  verification?: VerificationConfig | undefined
  throttles?: TwilioConfig['throttles'] | undefined
  /** Further sections of the config. */
  config?: Partial<TwilioConfig> | undefined
  world?: World | undefined
}

/** Builds a bench, runs the test on it, and takes it down again. */
export async function onBench(
  options: BenchOptions,
  run: (bench: VerificationBench) => Promise<void>,
): Promise<void> {
  const { backend, verification, throttles, config, world } = options
  // It is stopped below, also in the middle of a test that builds several.
  const test = await createTestApp(
    { after() {} },
    {
      config: {
        verification: { backend, secrets, countries: 'all', ...verification },
        ...(throttles === undefined ? {} : { throttles }),
        ...config,
      },
      ...world,
    },
  )
  const { verifications } = test.app
  const start: VerificationBench['start'] = (input) =>
    verifications.start({ toPhone: phone, ...input })
  try {
    await run({
      ...test,
      verifications,
      start,
      async started(input) {
        const result = await start(input)
        assert.ok(result.kind === 'started', `start answered ${result.kind}`)
        return result
      },
      check: (verificationId, code) => verifications.check({ verificationId, code }),
      async codeOn(toPhone = phone) {
        await test.app.runDue()
        const code = test.twilio.code(toPhone)
        assert.ok(code !== undefined, `no code on ${toPhone}`)
        return code
      },
      async textsOn(toPhone = phone) {
        await test.app.runDue()
        return test.twilio.messages({ to: toPhone }).length
      },
    })
  } finally {
    await test.stop()
  }
}
