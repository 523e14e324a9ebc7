import type { Instant } from './time.ts'

/** How the code travels. */
export type VerificationChannel = 'sms' | 'call' | 'whatsapp'

/** Who makes and checks the code: Twilio Verify, or this app. */
export type VerificationBackend = 'twilio-verify' | 'own-codes'

/** Where a verification stands. `pending` past its deadline reads as expired. */
export type VerificationStatus = 'pending' | 'approved' | 'canceled' | 'expired'

/** One try of one person to prove a phone; a row of `sms_verification`. No code is kept. */
export interface Verification {
  id: string
  toPhone: string
  purpose: string
  channel: VerificationChannel
  locale: string | undefined
  backend: VerificationBackend
  status: VerificationStatus
  /** The carrier's id of the verification, for `twilio-verify`. */
  providerSid: string | undefined
  /** Names the secret that the code is derived with, for `own-codes`. */
  secretId: string | undefined
  /** Keyed hash of who asked; a repeated start from there is a resend. */
  clientKey: string | undefined
  sends: number
  /** Evaluated guesses. */
  attempts: number
  lastSentAt: Instant
  expiresAt: Instant
  endedAt: Instant | undefined
  createdAt: Instant
}

/** How a check can end; the same words over both backends. */
export type CheckOutcome =
  | 'approved'
  | 'incorrect'
  | 'expired'
  | 'too-many-attempts'
  | 'already-used'
  | 'canceled'
  | 'not-found'
