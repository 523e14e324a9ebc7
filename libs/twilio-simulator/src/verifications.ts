import type { Clock } from './clock.ts'
import type { Messages } from './messages.ts'
import type { Dice } from './sids.ts'
import { verificationText } from './verification-texts.ts'
import type { VerifyService } from './verify-services.ts'

export const verificationChannels = ['sms', 'call', 'email', 'whatsapp', 'sna', 'auto'] as const
/** How a code is brought to its person. */
export type VerificationChannel = (typeof verificationChannels)[number]

/** `expired` never shows in the API: there an old verification is simply not found. */
export type VerificationStatus = 'pending' | 'approved' | 'canceled' | 'expired'

export interface Verification {
  readonly sid: string
  readonly serviceSid: string
  readonly to: string
  channel: VerificationChannel
  code: string
  status: Exclude<VerificationStatus, 'expired'>
  /** Codes that were looked at. */
  checks: number
  readonly sends: { at: Date; channel: VerificationChannel; sid: string }[]
  readonly createdAt: Date
  updatedAt: Date
  readonly expiresAt: Date
  readonly amount: string | undefined
  readonly payee: string | undefined
}

interface VerificationStart {
  to: string
  channel: VerificationChannel
  locale: string | undefined
  friendlyName: string | undefined
  customCode: string | undefined
  amount: string | undefined
  payee: string | undefined
}

/** What became of a start. */
type Started = { kind: 'started'; verification: Verification } | { kind: 'too-many-sends' }

/** What became of a check. */
type CheckedCode = 'approved' | 'wrong' | 'too-many-checks'

export interface Verifications {
  /** A second start within the lifetime sends the same code again. */
  start(service: VerifyService, wanted: VerificationStart): Started
  check(verification: Verification, code: string): CheckedCode
  /** The one that is pending, by its SID or its number. */
  findPending(serviceSid: string, sidOrTo: string): Verification | undefined
  end(verification: Verification, status: 'approved' | 'canceled'): void
  statusOf(verification: Verification): VerificationStatus
  /** Oldest first, ended ones included. */
  all(): readonly Verification[]
  clear(): void
}

// https://www.twilio.com/docs/verify/api/rate-limits-and-timeouts
const mostSends = 5
const mostChecks = 5

export function createVerifications(tools: {
  clock: Clock
  dice: Dice
  messages: Messages
}): Verifications {
  const { clock, dice, messages } = tools
  let verifications: Verification[] = []

  const isPending = ({ status, expiresAt }: Verification) =>
    status === 'pending' && clock.now() < expiresAt
  const findPending = (serviceSid: string, sidOrTo: string) =>
    verifications.findLast(
      (one) =>
        one.serviceSid === serviceSid &&
        (one.sid === sidOrTo || one.to === sidOrTo) &&
        isPending(one),
    )
  const begin = (service: VerifyService, wanted: VerificationStart): Verification => {
    const now = clock.now()
    const verification: Verification = {
      sid: dice.sid('VE'),
      serviceSid: service.sid,
      to: wanted.to,
      channel: wanted.channel,
      code: wanted.customCode ?? dice.digits(service.codeLength),
      status: 'pending',
      checks: 0,
      sends: [],
      createdAt: now,
      updatedAt: now,
      expiresAt: new Date(now.getTime() + service.lifetimeMs),
      amount: wanted.amount,
      payee: wanted.payee,
    }
    verifications.push(verification)
    return verification
  }

  return {
    findPending,
    start(service, wanted) {
      const verification = findPending(service.sid, wanted.to) ?? begin(service, wanted)
      if (verification.sends.length >= mostSends) return { kind: 'too-many-sends' }
      if (wanted.customCode !== undefined) verification.code = wanted.customCode
      verification.channel = wanted.channel
      verification.updatedAt = clock.now()
      verification.sends.push({ at: clock.now(), channel: wanted.channel, sid: dice.sid('VL') })
      const { code, to } = verification
      const name = wanted.friendlyName ?? service.friendlyName
      messages.record({
        kind: 'verification',
        direction: 'outbound-api',
        to,
        // Verify sends from numbers of its own.
        from: 'VERIFY',
        body: verificationText(name, code, to, wanted.locale),
        status: 'delivered',
        code,
      })
      return { kind: 'started', verification }
    },
    check(verification, code) {
      if (verification.checks >= mostChecks) return 'too-many-checks'
      verification.checks++
      verification.updatedAt = clock.now()
      if (code !== verification.code) return 'wrong'
      verification.status = 'approved'
      return 'approved'
    },
    end(verification, status) {
      verification.status = status
      verification.updatedAt = clock.now()
    },
    statusOf: (verification) =>
      verification.status === 'pending' && !isPending(verification)
        ? 'expired'
        : verification.status,
    all: () => verifications,
    clear() {
      verifications = []
    },
  }
}
