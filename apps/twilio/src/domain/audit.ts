import type { Instant } from './time.ts'

/** What is written down of those who changed something by hand, or had it changed. */
export type AuditAction =
  | 'key-created'
  | 'key-revoked'
  | 'opt-out-added'
  | 'opt-out-removed'
  | 'message-sent'
  | 'message-canceled'
  | 'message-resent'
  | 'message-redacted'
  | 'phone-erased'
  | 'message-revealed'
  | 'messages-exported'
  | 'verification-canceled'
  | 'signed-in'

/** Somebody did something; a row of `sms_audit`. Never a text of a message, never a whole number. */
export interface AuditEntry {
  /** Grows with time. */
  id: number
  /** The id of an API key, a name that the host gave, or `host`, `cli`, `recipient`, `carrier`. */
  actor: string
  action: AuditAction
  /** The id of the message or the key, or the phone with its middle hidden. */
  subject: string
  detail: Record<string, string> | undefined
  at: Instant
}

/** An entry to be stored. */
export type NewAuditEntry = Omit<AuditEntry, 'id'>

/** Who acts in process, where the host does not say. */
export const hostActor = 'host'
