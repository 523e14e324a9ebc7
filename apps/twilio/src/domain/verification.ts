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

/** How a verification can have ended before a guess is looked at. */
export type VerificationEnding = Extract<
  CheckOutcome,
  'expired' | 'too-many-attempts' | 'already-used' | 'canceled'
>

/** The channels that each backend can use. */
const channelsOf = {
  'twilio-verify': ['sms', 'call', 'whatsapp'],
  'own-codes': ['sms'],
} as const satisfies Record<VerificationBackend, readonly VerificationChannel[]>

/** True where the backend can send by this channel. */
export function hasChannel(backend: VerificationBackend, channel: VerificationChannel): boolean {
  const channels: readonly VerificationChannel[] = channelsOf[backend]
  return channels.includes(channel)
}

/**
 * The backend that is asked for; else Twilio Verify where a service is set; else own codes where there
 * is a secret to make them with; else none, and nothing can be verified.
 */
export function chooseBackend(settings: {
  twilio: { verifyServiceSid?: string | undefined }
  verification: { backend?: VerificationBackend | undefined; secrets: readonly unknown[] }
}): VerificationBackend | undefined {
  const { twilio, verification } = settings
  if (verification.backend !== undefined) return verification.backend
  if (twilio.verifyServiceSid !== undefined) return 'twilio-verify'
  return verification.secrets.length > 0 ? 'own-codes' : undefined
}

// A verification from the future: the clock was set back, and nobody knows how old the code is. Two
// hosts may differ by this much without harm.
const longestSkewMs = 60_000

/** What a verification that takes no more guesses answers; `undefined` while it takes them. */
export function endingOf(
  verification: Verification,
  now: Instant,
  maxAttempts: number,
): VerificationEnding | undefined {
  switch (verification.status) {
    case 'approved':
      return 'already-used'
    case 'canceled':
      return 'canceled'
    case 'expired':
      return 'expired'
    case 'pending':
      if (now >= verification.expiresAt || now < verification.createdAt - longestSkewMs)
        return 'expired'
      return verification.attempts >= maxAttempts ? 'too-many-attempts' : undefined
  }
}

/**
 * The longest that any code may live, whatever the settings say.
 * NIST SP 800-63B, "Out-of-Band Verifiers": https://pages.nist.gov/800-63-4/sp800-63b.html
 */
const longestLifeMs = 600_000

/**
 * The deadline of a verification whose code the carrier made at `startedAt`: the carrier keeps its own,
 * counted from its first start, also when that was for somebody else who asked for the same phone.
 */
export function carrierDeadline(verification: Verification, startedAt: Instant): Instant {
  return Math.min(verification.expiresAt, startedAt + longestLifeMs)
}

/** True for text that could be a code; anything else is not worth a guess. */
export function hasCodeShape(text: string): boolean {
  return /^\d{4,10}$/.test(text)
}

/** True for the name of what is being proven: 1 to 32 of `a-z 0-9 -`. */
export function isPurpose(text: string): boolean {
  return /^[a-z0-9-]{1,32}$/.test(text)
}
