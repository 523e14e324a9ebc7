import type { Message } from '../domain/message.ts'
import type { Instant } from '../domain/time.ts'
import type { CheckOutcome, VerificationChannel } from '../domain/verification.ts'

/** A verification as a caller asks for it. */
export interface StartInput {
  /** E.164, such as `+14155552671`. */
  toPhone: string
  channel?: VerificationChannel | undefined
  /** BCP 47, such as `sv` or `pt-BR`; unknown ones fall back. */
  locale?: string | undefined
  /** What is being proven, 1 to 32 of `a-z 0-9 -`; default `verify`. Goes into the proof token. */
  purpose?: string | undefined
  /** Asks for one more text of this running verification: same code, same deadline. */
  verificationId?: string | undefined
  /** Of the person, not of a proxy. A repeated start from it is a resend. */
  clientAddress?: string | undefined
}

/** How `start` can end. A `started` one may have sent nothing, when the phone opted out: a stranger is not told. */
export type StartResult =
  | {
      kind: 'started'
      verificationId: string
      toPhone: string
      channel: VerificationChannel
      expiresAt: Instant
      /** The first moment at which a resend is allowed. */
      resendAfter: Instant
      sendsLeft: number
    }
  | { kind: 'invalid-phone' }
  | { kind: 'destination-not-allowed' }
  | { kind: 'channel-not-available' }
  /** `verificationId` names none that is running for this number. */
  | { kind: 'verification-not-found' }
  | { kind: 'throttled'; retryAfterSeconds: number }
  | { kind: 'unavailable' }

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

/** What a proof token says once its signature holds. */
export interface Proof {
  verificationId: string
  toPhone: string
  purpose: string
  approvedAt: Instant
  expiresAt: Instant
}

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
}
