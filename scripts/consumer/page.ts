// A front end of somebody's: it has no Node, and only its types are looked at.
import { createTwilioClient, type CheckResult } from '@hsb/twilio/client'

const client = createTwilioClient({ baseUrl: '/sms' })

export async function start(toPhone: string): Promise<string> {
  const result = await client.verification.start({ toPhone, purpose: 'login' })
  switch (result.kind) {
    case 'started':
      return result.verificationId
    case 'throttled':
      return `wait ${result.retryAfterSeconds.toFixed(0)} s`
    case 'invalid-phone':
      return result.errors?.[0]?.message ?? ''
    default:
      return result.kind
  }
}

export function wordsOf(result: CheckResult): string {
  switch (result.kind) {
    case 'approved':
      return result.token + result.toPhone
    case 'incorrect':
      return String(result.attemptsLeft)
    case 'expired':
    case 'too-many-attempts':
    case 'already-used':
    case 'canceled':
    case 'not-found':
    case 'invalid-body':
    case 'invalid-phone':
    case 'throttled':
    case 'unauthenticated':
    case 'forbidden':
    case 'unavailable':
    case 'unreachable':
    case 'aborted':
    case 'unexpected':
      return result.kind
  }
}

// @ts-expect-error a start needs a phone
void client.verification.start({ purpose: 'login' })
// @ts-expect-error there is no such field
void client.messages.send({ toPhone: '+1', message: 'x', colour: 'red' })
