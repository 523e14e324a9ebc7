import { type TwilioClient, TwilioNoReplyError, TwilioReplyError } from '@hsb/twilio-sms'
import type { Clock } from '../domain/time.ts'
import { wordsOf } from './error-words.ts'
import type {
  Provider,
  VerificationCheck,
  VerificationRefusal,
  VerificationStart,
} from './provider.ts'

// Verify's refusals that a caller can do something about.
// https://www.twilio.com/docs/api/errors
const refusals: Record<number, VerificationRefusal> = {
  21211: 'invalid-phone',
  21614: 'invalid-phone',
  60200: 'invalid-phone',
  60205: 'not-allowed',
  60410: 'not-allowed',
  60605: 'not-allowed',
  60223: 'channel',
}
const checksUsedUp = 60202
const goneStatuses = new Set(['canceled', 'deleted', 'expired', 'failed'])

/** Verify v2 in the provider's words. */
export function createTwilioVerifications(
  client: TwilioClient,
  clock: Clock,
): Pick<Provider, 'startVerification' | 'checkVerification' | 'cancelVerification'> {
  return {
    async startVerification({ toPhone, channel, locale }) {
      try {
        const { sid, createdAt } = await client.sendToken({ to: toPhone, channel, locale })
        return { kind: 'started', providerSid: sid, startedAt: createdAt?.getTime() ?? clock.now() }
      } catch (error) {
        return startOf(error)
      }
    },
    async checkVerification({ providerSid, code }) {
      try {
        const { valid, status } = await client.verifyToken({ verificationSid: providerSid }, code)
        if (valid) return { kind: 'approved' }
        if (status === 'max_attempts_reached') return { kind: 'too-many-attempts' }
        return { kind: goneStatuses.has(status) ? 'gone' : 'incorrect' }
      } catch (error) {
        return checkOf(error)
      }
    },
    async cancelVerification(providerSid) {
      try {
        await client.cancelVerification({ verificationSid: providerSid })
      } catch (error) {
        // Gone already, or unreachable: its ten minutes end it anyway, and ours is ended here.
        if (!(error instanceof TwilioReplyError) && !(error instanceof TwilioNoReplyError))
          throw error
      }
    },
  }
}

function startOf(error: unknown): VerificationStart {
  const words = wordsOf(error)
  if (error instanceof TwilioNoReplyError) return { kind: 'unavailable', words }
  if (!(error instanceof TwilioReplyError)) throw error
  const { httpStatus, code, retryAfterSeconds } = error
  if (httpStatus < 400 || httpStatus >= 500) return { kind: 'unavailable', words }
  if (httpStatus === 429) return { kind: 'throttled', retryAfterSeconds, words }
  // Wrong credentials are the owner's trouble, not an answer to whoever wants to sign in.
  if (error.category === 'auth' || error.category === 'account')
    return { kind: 'unavailable', words }
  return { kind: 'refused', reason: refusals[code ?? 0] ?? 'other', code, words }
}

function checkOf(error: unknown): VerificationCheck {
  const words = wordsOf(error)
  if (error instanceof TwilioNoReplyError) return { kind: 'unavailable', words }
  if (!(error instanceof TwilioReplyError)) throw error
  if (error.code === checksUsedUp) return { kind: 'too-many-attempts' }
  // Approved, canceled and expired verifications are all deleted over there.
  if (error.httpStatus === 404) return { kind: 'gone' }
  if (error.httpStatus === 400) return { kind: 'incorrect' }
  return { kind: 'unavailable', words }
}
