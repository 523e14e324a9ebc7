import type { Settings } from '../config.ts'
import type { Logger } from '../domain/log.ts'
import { readPhone } from '../domain/phone.ts'
import { throttleKeys } from '../domain/throttle.ts'
import type { Clock, Instant } from '../domain/time.ts'
import {
  type CheckOutcome,
  endingOf,
  hasCodeShape,
  isPurpose,
  type Verification,
} from '../domain/verification.ts'
import { StorageError } from '../storage/errors.ts'
import type { Store } from '../storage/store.ts'
import type { CodeBackend, GuessVerdict } from './code-backend.ts'
import { patienceMs } from './patience.ts'
import type { Proofs } from './proof.ts'
import type { Claim } from './claims.ts'
import type { RunGuarded, Throttles } from './throttles.ts'
import { endVerification, verificationEvent } from './verification-events.ts'

/** A guess. The number alone is only accepted where `verification.checkByPhone` is on. */
export type CheckInput =
  | { verificationId: string; code: string }
  | { toPhone: string; purpose?: string | undefined; code: string }

/** How `check` can end. */
export type CheckResult =
  | { kind: 'approved'; token: string; tokenExpiresAt: Instant; toPhone: string }
  | { kind: 'incorrect'; attemptsLeft: number }
  | { kind: Exclude<CheckOutcome, 'approved' | 'incorrect'> }
  | { kind: 'check-by-phone-off' }
  | { kind: 'throttled'; retryAfterSeconds: number }
  | { kind: 'unavailable' }

/** The parts that checking is made of. */
export interface CheckParts {
  settings: Settings
  store: Store
  throttles: Throttles
  backend: CodeBackend
  proofs: Proofs
  clock: Clock
  logger: Logger
}

/** A guess that is on disk, though nobody has looked at it yet. */
interface Counted {
  kind: 'counted'
  verification: Verification
  /** As of when it is counted. */
  at: Instant
}

/** Checks guesses over one backend. */
export function createCheck(parts: CheckParts): (input: CheckInput) => Promise<CheckResult> {
  const { settings, store, throttles, backend, proofs, clock, logger } = parts
  const { maxAttempts, checkByPhone } = settings.verification

  async function find(input: CheckInput): Promise<Verification | undefined> {
    if ('verificationId' in input) return store.verifications.find(input.verificationId)
    const facts = readPhone(input.toPhone)
    const purpose = input.purpose ?? 'verify'
    if (!facts || !isPurpose(purpose)) return undefined
    return store.verifications.findPending({ toPhone: facts.phone, purpose, now: clock.now() })
  }

  /** What a verification that takes no guess (any more) answers. */
  function ended(verification: Verification | undefined): CheckResult | undefined {
    if (verification?.backend !== backend.name) return { kind: 'not-found' }
    const ending = endingOf(verification, clock.now(), maxAttempts)
    return ending && { kind: ending }
  }

  const inTransaction: RunGuarded<Counted | CheckResult> = (work) =>
    store.transaction(work, { patienceMs })

  /** Counts one guess, of the verification and of the phone, before anybody looks at it. */
  async function count(
    verification: Verification,
    claims: Claim[],
  ): Promise<Counted | CheckResult> {
    return throttles.guard(
      inTransaction,
      { claims, whenDown: 'closed' },
      async (tables, limits) => {
        const { verifications } = tables
        const taken = limits.take(claims)
        if (taken.kind === 'refused') {
          return { kind: 'throttled', retryAfterSeconds: taken.retryAfterSeconds }
        }
        const { at } = taken
        const counted = await verifications.takeGuess(verification.id, clock.now(), maxAttempts)
        if (counted) return { kind: 'counted', verification: counted, at }
        // Somebody else used the last guess, or the code, since it was read.
        limits.giveBack(claims, at)
        return ended(await verifications.find(verification.id)) ?? { kind: 'unavailable' }
      },
    )
  }

  async function settle(
    { verification, at }: Counted,
    claims: Claim[],
    verdict: GuessVerdict,
  ): Promise<CheckResult> {
    const attemptsLeft = Math.max(0, maxAttempts - verification.attempts)
    switch (verdict) {
      case 'right':
        return approve(verification, claims, at)
      case 'wrong':
        if (attemptsLeft === 0) await fail(verification)
        return { kind: 'incorrect', attemptsLeft }
      case 'too-many-attempts':
        await fail(verification)
        return { kind: verdict }
      case 'gone':
        // Not written down as ended: it may be gone because a rival guess is being approved right now.
        return ended(await store.verifications.find(verification.id)) ?? { kind: 'expired' }
      case 'unavailable':
        return { kind: verdict }
    }
  }

  /** No guess is left; that is told in a transaction of its own, and else when its time is over. */
  async function fail(verification: Verification): Promise<void> {
    await backend.drop(verification)
    const event = verificationEvent(verification, 'failed', clock.now())
    try {
      await store.transaction(({ verificationEvents }) => verificationEvents.append([event]), {
        patienceMs,
      })
    } catch (error) {
      // The guess was looked at, and its answer holds.
      if (!(error instanceof StorageError)) throw error
      const words = 'a failed verification will be told of when its time is over'
      logger.warn({ event: 'failure-untold', error: error.message }, words)
    }
  }

  /** One caller alone ends the verification; only wrong guesses stay in the budget of the phone. */
  async function approve(
    verification: Verification,
    claims: Claim[],
    at: Instant,
  ): Promise<CheckResult> {
    const { id, toPhone } = verification
    const isFirst = await store.transaction(
      async (tables) => {
        await throttles.giveBack(tables.throttles, claims, at)
        return endVerification(tables, verification, { status: 'approved', at: clock.now() })
      },
      { patienceMs },
    )
    if (!isFirst) return ended(await store.verifications.find(id)) ?? { kind: 'already-used' }
    const { token, expiresAt } = await proofs.sign(verification)
    return { kind: 'approved', token, tokenExpiresAt: expiresAt, toPhone }
  }

  async function run(input: CheckInput): Promise<CheckResult> {
    const verification = await find(input)
    const ending = ended(verification)
    if (ending || !verification) return ending ?? { kind: 'not-found' }
    if (!hasCodeShape(input.code)) {
      return { kind: 'incorrect', attemptsLeft: maxAttempts - verification.attempts }
    }
    const { guessesPerPhone: rules } = settings.throttles
    const claims = [{ key: throttleKeys.guess(verification.toPhone), rules }]
    const known = throttles.precheck(claims)
    if (known.kind === 'refused') {
      return { kind: 'throttled', retryAfterSeconds: known.retryAfterSeconds }
    }
    const counted = await count(verification, claims)
    if (counted.kind !== 'counted') return counted
    const verdict = await backend.judge(counted.verification, input.code)
    return settle(counted, claims, verdict)
  }

  return async (input) => {
    if (!('verificationId' in input) && !checkByPhone) return { kind: 'check-by-phone-off' }
    try {
      const result = await run(input)
      logger.info({ event: 'verification-check', result: result.kind }, 'check')
      return result
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      // Guesses are never let through uncounted, whatever is set for starts.
      logger.error({ event: 'check-failed', error: error.message }, 'check failed')
      return { kind: 'unavailable' }
    }
  }
}
