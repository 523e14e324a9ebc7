import { createTwilioClient, type TwilioClient } from '@hsb/twilio-sms'
import type { Settings } from '../config.ts'

/** A client of the account of the settings. With `as` it signs in by that one of its credentials. */
export function openClient(
  { twilio, delivery }: Settings,
  options: {
    now?: (() => number) | undefined
    /** Told the time at Twilio with each answer. */
    onDate?: ((date: Date) => void) | undefined
    as?: 'auth-token' | undefined
  } = {},
): TwilioClient {
  const { apiKey } = options.as === 'auth-token' ? {} : twilio
  return createTwilioClient({
    accountSid: twilio.accountSid,
    credentials: apiKey
      ? { kind: 'api-key', sid: apiKey.sid, secret: apiKey.secret.reveal() }
      : { kind: 'auth-token', authToken: twilio.authToken.reveal() },
    verifyServiceSid: twilio.verifyServiceSid,
    baseUrl: twilio.baseUrl,
    connectTimeoutMs: twilio.connectTimeoutMs,
    responseTimeoutMs: twilio.responseTimeoutMs,
    connections: delivery.concurrency,
    now: options.now,
    onDate: options.onDate,
  })
}
