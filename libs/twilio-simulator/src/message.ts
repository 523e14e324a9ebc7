/** The states of a message: https://www.twilio.com/docs/messaging/api/message-resource. */
export type MessageStatus =
  | 'accepted'
  | 'scheduled'
  | 'queued'
  | 'sending'
  | 'sent'
  | 'delivered'
  | 'undelivered'
  | 'failed'
  | 'canceled'
  | 'received'

/** A message as the simulator keeps it. */
export interface Message {
  readonly sid: string
  /** `verification` texts are Verify's own: on the phone, but not in the account's list. */
  readonly kind: 'message' | 'verification'
  readonly direction: 'outbound-api' | 'inbound'
  readonly to: string
  /** Null until the Messaging Service has chosen. */
  from: string | null
  readonly serviceSid: string | null
  /** What the API shows; redaction empties it. */
  body: string
  /** What the phone got. */
  readonly phoneBody: string
  /** The code in a verification text. */
  readonly code: string | undefined
  readonly mediaUrls: readonly string[]
  status: MessageStatus
  errorCode: number | null
  readonly createdAt: Date
  updatedAt: Date
  sentAt: Date | null
  /** From when on lists show it. */
  readonly listedAt: Date
  readonly sendAt: Date | undefined
  readonly validitySeconds: number
  readonly statusCallback: string | undefined
  /** Deleted in the account; the phone keeps it. */
  deleted: boolean
}

/** What a create call asks for, checked. */
export interface MessageIntent {
  to: string
  from: string | undefined
  serviceSid: string | undefined
  body: string
  mediaUrls: readonly string[]
  sendAt: Date | undefined
  validitySeconds: number
  statusCallback: string | undefined
}

/** How the life of a message ends when nobody cancels it. */
export interface Ending {
  status: 'delivered' | 'undelivered' | 'failed' | 'sent'
  code: number | null
}

export function inProgress(message: Message): boolean {
  return ['accepted', 'scheduled', 'queued', 'sending'].includes(message.status)
}
