import { z } from 'zod'
import { hasPhoneShape } from '../domain/phone.ts'
import { defineEndpoint } from './contract.ts'
import { invalidPhone, phoneText } from './messages.ts'
import { problem } from './problems.ts'
import { checkedVerification, startedVerification, toTime } from './shapes.ts'

const purpose = z.string().regex(/^[a-z0-9-]{1,32}$/)
const verificationId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)

const startBody = z
  .strictObject({
    to_phone: phoneText,
    channel: z.enum(['sms', 'call', 'whatsapp']).optional(),
    locale: z
      .string()
      .regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$/)
      .optional(),
    purpose: purpose.optional(),
    verification_id: verificationId.optional(),
  })
  .meta({ id: 'StartVerification' })

const checkBody = z
  .strictObject({
    verification_id: verificationId.optional(),
    to_phone: phoneText.optional(),
    purpose: purpose.optional(),
    code: z.string().regex(/^[0-9]{4,10}$/, 'must be 4 to 10 digits'),
  })
  .meta({ id: 'CheckVerification' })

/** Sends a code, or sends it once more. */
export const startVerification = defineEndpoint({
  method: 'POST',
  path: '/api/sms/verify/start/',
  summary: 'Start a verification, or resend its code',
  scope: 'verify',
  publicWhen: (settings) => settings.verification.access === 'public',
  request: { body: startBody },
  answers: { 202: startedVerification },
  problems: [
    'invalid-phone',
    'destination-not-allowed',
    'channel-not-available',
    'verification-not-found',
    'throttled',
    'unavailable',
  ],
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
  problems: ['invalid-body', 'invalid-phone', 'throttled', 'unavailable'],
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
