import type { Settings } from '../config.ts'

/** The sender of messages that name none: the service picks one, else it is the default. */
export function defaultSenderOf({ twilio: { messagingServiceSid, defaultFrom } }: Settings): {
  fromPhone?: string | undefined
  messagingServiceSid?: string | undefined
} {
  return messagingServiceSid === undefined ? { fromPhone: defaultFrom } : { messagingServiceSid }
}
