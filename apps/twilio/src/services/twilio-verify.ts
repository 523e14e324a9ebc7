import type { Logger } from '../domain/log.ts'
import { maskPhone } from '../domain/phone.ts'
import { carrierDeadline } from '../domain/verification.ts'
import type { Provider, VerificationRefusal } from '../provider/provider.ts'
import type { CodeBackend, CodeSent } from './code-backend.ts'

// Twilio often names no time; this is how long our own limits let a phone wait between two codes.
const defaultRetrySeconds = 30

const sentAs = {
  'invalid-phone': 'invalid-phone',
  'not-allowed': 'destination-not-allowed',
  channel: 'channel-not-available',
  other: 'refused',
} as const satisfies Record<VerificationRefusal, CodeSent['kind']>

/**
 * Codes that Twilio Verify makes, sends and checks. Twilio keeps one verification a phone, whoever
 * asks: two of ours for one phone have the same code and share its guesses over there.
 */
export function createTwilioVerify(parts: { provider: Provider; logger: Logger }): CodeBackend {
  const { provider, logger } = parts
  return {
    name: 'twilio-verify',
    secretId: undefined,
    segmentsOf: () => 0,
    async write() {},

    async send(verification, { channel, locale }) {
      const { id: verificationId, toPhone } = verification
      const start = await provider.startVerification({ toPhone, channel, locale })
      switch (start.kind) {
        case 'started': {
          const expiresAt = carrierDeadline(verification, start.startedAt)
          return { kind: 'sent', carrier: { providerSid: start.providerSid, expiresAt } }
        }
        case 'throttled':
          return {
            kind: 'throttled',
            retryAfterSeconds: start.retryAfterSeconds ?? defaultRetrySeconds,
          }
        case 'refused':
          logger.warn(
            {
              event: 'verification-refused',
              verificationId,
              to: maskPhone(toPhone),
              code: start.code,
              words: start.words,
            },
            'the carrier refused to start a verification',
          )
          return { kind: sentAs[start.reason] }
        case 'unavailable':
          logger.error(
            { event: 'verification-unanswered', verificationId, words: start.words },
            'nobody knows whether the carrier started a verification',
          )
          return { kind: 'unavailable' }
      }
    },

    async judge({ providerSid, id: verificationId }, code) {
      // Nothing was sent, because the phone opted out. A stranger must not learn that from here.
      if (providerSid === undefined) return 'wrong'
      const check = await provider.checkVerification({ providerSid, code })
      switch (check.kind) {
        case 'approved':
          return 'right'
        case 'incorrect':
          return 'wrong'
        case 'too-many-attempts':
        case 'gone':
          return check.kind
        case 'unavailable':
          logger.error(
            { event: 'check-unanswered', verificationId, words: check.words },
            'the carrier did not answer a check',
          )
          return 'unavailable'
      }
    },

    async drop({ providerSid }) {
      if (providerSid !== undefined) await provider.cancelVerification(providerSid)
    },
  }
}
