import type { Settings } from '../config.ts'
import type { Logger } from '../domain/log.ts'
import type { Message } from '../domain/message.ts'
import type { RandomBytes } from '../domain/random.ts'
import type { Clock } from '../domain/time.ts'
import { chooseBackend, endingOf } from '../domain/verification.ts'
import type { Provider } from '../provider/provider.ts'
import type { Store } from '../storage/store.ts'
import type { CodeBackend } from './code-backend.ts'
import { createKeyRing } from './key-ring.ts'
import type { Outbox } from './outbox.ts'
import { createOwnCodes } from './own-codes.ts'
import { patienceMs } from './patience.ts'
import { createProofs, type Proof } from './proof.ts'
import type { StartInput, StartResult } from './start-request.ts'
import type { Throttles } from './throttles.ts'
import { createTwilioVerify } from './twilio-verify.ts'
import { type CheckInput, type CheckResult, createCheck } from './verification-check.ts'
import { endKindOf, endVerification } from './verification-events.ts'
import { createStart } from './verification-start.ts'

export type { Proof } from './proof.ts'
export type { StartInput, StartResult } from './start-request.ts'
export type { CheckInput, CheckResult } from './verification-check.ts'

/** Verifying phones, by either backend under one set of rules. */
export interface Verifications {
  start(input: StartInput): Promise<StartResult>
  check(input: CheckInput): Promise<CheckResult>
  /** Ends a running verification; false when there was none to end. */
  cancel(verificationId: string): Promise<boolean>
  /** Reads the token of an approval; `undefined` for a forged, foreign or stale one, or another purpose. */
  readProof(token: string, expected?: { purpose?: string | undefined }): Promise<Proof | undefined>
  /** The text of a message as it leaves: with its code in place. `undefined` when the code is worthless by now. */
  bodyOf(message: Message): Promise<string | undefined>
  /** The text of a message as it left, if that can still be told. */
  textOf(message: Message): Promise<string | undefined>
}

/** The parts that `createVerifications` is made of. */
export interface VerificationsParts {
  settings: Settings
  store: Store
  provider: Provider
  outbox: Outbox
  throttles: Throttles
  clock: Clock
  randomBytes: RandomBytes
  newId: () => string
  logger: Logger
}

/** The verifications of one app. Where neither backend is set up, `start` answers `unavailable`. */
export function createVerifications(parts: VerificationsParts): Verifications {
  const { settings, store, provider, clock, logger } = parts
  const keys = createKeyRing(settings.verification.secrets, parts.randomBytes)
  const lifetimeSeconds = settings.verification.proofLifetimeSeconds
  const proofs = createProofs({ keys, clock, lifetimeSeconds })
  const ownCodes = createOwnCodes({ ...parts, keys })
  const backend = backendOf()

  function backendOf(): CodeBackend | undefined {
    const chosen = chooseBackend(settings)
    if (chosen === 'own-codes') return ownCodes
    return chosen && createTwilioVerify({ provider, logger })
  }

  return {
    start: backend
      ? createStart({ ...parts, backend, clientsKey: keys.clients })
      : async () => ({ kind: 'unavailable' }),

    check: backend
      ? createCheck({ ...parts, backend, proofs })
      : async () => ({ kind: 'not-found' }),

    async cancel(verificationId) {
      const verification = await store.verifications.find(verificationId)
      const now = clock.now()
      // Out of guesses, it is still there to be ended.
      if (!verification || endingOf(verification, now, Infinity)) return false
      const kind = endKindOf(verification, settings.verification.maxAttempts, 'canceled')
      const isEnded = await store.transaction(
        (tables) => endVerification(tables, verification, { status: 'canceled', kind, at: now }),
        { patienceMs },
      )
      if (isEnded && verification.backend === backend?.name) await backend.drop(verification)
      return isEnded
    },

    readProof: (token, expected) => proofs.read(token, expected),

    bodyOf: async (message) =>
      message.verificationId === undefined ? message.message : ownCodes.bodyOf(message),

    textOf: async (message) =>
      message.verificationId === undefined ? message.message : ownCodes.textOf(message),
  }
}
