import { hasPhoneShape } from '../domain/phone.ts'
import { checkBody, startBody } from './bodies.ts'
import { defineEndpoint } from './contract.ts'
import { endpointProblems } from './endpoint-problems.ts'
import { invalidPhone } from './messages.ts'
import { problem } from './problems.ts'
import { checkedVerification, startedVerification, toTime } from './shapes.ts'
import { checkVerificationDocs, startVerificationDocs } from './verifications-docs.ts'

/** Sends a code, or sends it once more. */
export const startVerification = defineEndpoint({
  method: 'POST',
  path: '/api/sms/verify/start/',
  summary: 'Start a verification, or resend its code',
  scope: 'verify',
  publicWhen: (settings) => settings.verification.access === 'public',
  request: { body: startBody },
  answers: { 202: startedVerification },
  problems: endpointProblems.startVerification,
  docs: startVerificationDocs,
  async handle({ body, clientAddress }, { verifications }) {
    if (!hasPhoneShape(body.to_phone)) return invalidPhone('to_phone')
    const result = await verifications.start({
      toPhone: body.to_phone,
      channel: body.channel,
      locale: body.locale,
      purpose: body.purpose,
      verificationId: body.verification_id,
      clientAddress,
    })
    switch (result.kind) {
      case 'started':
        return {
          status: 202,
          body: {
            verification_id: result.verificationId,
            status: 'pending' as const,
            channel: result.channel,
            expires_at: toTime(result.expiresAt),
            resend_after: toTime(result.resendAfter),
            sends_left: result.sendsLeft,
          },
        }
      case 'invalid-phone':
        return invalidPhone('to_phone')
      case 'throttled':
        return problem('throttled', { retryAfterSeconds: result.retryAfterSeconds })
      case 'destination-not-allowed':
      case 'channel-not-available':
      case 'verification-not-found':
      case 'unavailable':
        return problem(result.kind)
    }
  },
})

/** Checks a code. Every outcome is a 200: the question was answered. */
export const checkVerification = defineEndpoint({
  method: 'POST',
  path: '/api/sms/verify/check/',
  summary: 'Check a code',
  scope: 'verify',
  publicWhen: (settings) => settings.verification.access === 'public',
  request: { body: checkBody },
  answers: { 200: checkedVerification },
  problems: endpointProblems.checkVerification,
  docs: checkVerificationDocs,
  async handle({ body }, { verifications }) {
    const { verification_id: id, to_phone: toPhone, purpose, code } = body
    if (id !== undefined && (toPhone !== undefined || purpose !== undefined)) {
      return misplaced(toPhone === undefined ? 'purpose' : 'to_phone')
    }
    if (id === undefined && toPhone === undefined) return idRequired()
    if (toPhone !== undefined && !hasPhoneShape(toPhone)) return invalidPhone('to_phone')

    const result = await verifications.check(
      toPhone === undefined ? { verificationId: id ?? '', code } : { toPhone, purpose, code },
    )
    switch (result.kind) {
      case 'approved':
        return {
          status: 200,
          body: {
            outcome: result.kind,
            token: result.token,
            token_expires_at: toTime(result.tokenExpiresAt),
            to_phone: result.toPhone,
          },
        }
      case 'incorrect':
        return { status: 200, body: { outcome: result.kind, attempts_left: result.attemptsLeft } }
      case 'expired':
      case 'too-many-attempts':
      case 'already-used':
      case 'canceled':
      case 'not-found':
        return { status: 200, body: { outcome: result.kind } }
      case 'check-by-phone-off':
        return idRequired()
      case 'throttled':
        return problem('throttled', { retryAfterSeconds: result.retryAfterSeconds })
      case 'unavailable':
        return problem('unavailable')
    }
  },
})

function idRequired() {
  return problem('invalid-body', {
    errors: [{ field: 'verification_id', code: 'required', message: 'is missing' }],
  })
}

function misplaced(field: string) {
  const message = 'goes without verification_id only'
  return problem('invalid-body', { errors: [{ field, code: 'misplaced', message }] })
}
