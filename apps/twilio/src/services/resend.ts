import { type Message, type MessageStatus, priorityOf, rankOf } from '../domain/message.ts'
import type { SendInput } from './message-checks.ts'

/** Why a message cannot be sent again, beside what any send can end in. */
export type ResendRefusal =
  | { kind: 'message-not-found' }
  /** It came from a phone. */
  | { kind: 'inbound' }
  /** It carries a code: start its verification again. */
  | { kind: 'verification' }
  /** Its text or its number is no longer kept. */
  | { kind: 'forgotten' }
  /** It may still arrive: a second one could be one too many. */
  | { kind: 'not-over'; status: MessageStatus }

/** The send that repeats this message, or why there can be none. */
export function resendOf(message: Message): { kind: 'send'; input: SendInput } | ResendRefusal {
  const { direction, status, verificationId, toPhone, messagingServiceSid } = message
  if (direction === 'inbound') return { kind: 'inbound' }
  if (verificationId !== undefined) return { kind: 'verification' }
  // `SENT` may be the last word of some carriers, and whoever asks knows that it did not arrive.
  if (rankOf[status] < rankOf.SENT) return { kind: 'not-over', status }
  if (message.message === '' || toPhone.includes('*')) return { kind: 'forgotten' }
  return {
    kind: 'send',
    input: {
      toPhone,
      message: message.message,
      // Of a service `fromPhone` is the sender that it chose that time.
      ...(messagingServiceSid === undefined
        ? { fromPhone: message.fromPhone }
        : { messagingServiceSid }),
      priority: message.priority === priorityOf.bulk ? 'bulk' : 'normal',
      metadata: message.metadata,
    },
  }
}
