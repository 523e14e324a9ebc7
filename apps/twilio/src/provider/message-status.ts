import { describeCode, type Message as TwilioMessage } from '@hsb/twilio-sms'
import type { MessageStatus } from '../domain/message.ts'

const statusOf: Record<TwilioMessage['status'], MessageStatus> = {
  accepted: 'ACCEPTED',
  scheduled: 'ACCEPTED',
  queued: 'ACCEPTED',
  sending: 'ACCEPTED',
  sent: 'SENT',
  delivered: 'DELIVERED',
  undelivered: 'UNDELIVERED',
  failed: 'FAILED',
  canceled: 'CANCELED',
  read: 'READ',
  receiving: 'RECEIVED',
  received: 'RECEIVED',
  // Deprecated: some of a group got it.
  partially_delivered: 'SENT',
  // A word that Twilio may invent tomorrow moves nothing: the message is with them, no more is known.
  unknown: 'ACCEPTED',
}

/** Our word for Twilio's status. */
export function messageStatusOf(status: TwilioMessage['status']): MessageStatus {
  return statusOf[status]
}

/** True for the error of a message whose recipient does not want to be texted. */
export function isOptOut(errorCode: number | undefined): boolean {
  return errorCode !== undefined && describeCode(errorCode).category === 'opt-out'
}
