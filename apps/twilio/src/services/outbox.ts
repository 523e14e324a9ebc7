import type { Message } from '../domain/message.ts'
import type { Instant } from '../domain/time.ts'
import type { Priority } from '../domain/message.ts'
import type { Tables } from '../storage/store.ts'

/** A message on its way into the outbox: every check has passed. */
export interface Draft {
  toPhone: string
  fromPhone?: string | undefined
  messagingServiceSid?: string | undefined
  message: string
  priority: Priority
  sendAt?: Instant | undefined
  expiresAt: Instant
  verificationId?: string | undefined
  metadata?: Record<string, string> | undefined
  idempotencyKey?: string | undefined
  requestHash?: string | undefined
}

/** Where messages wait for the worker: the rows themselves. */
export interface Outbox {
  /** Writes messages and their first events inside the caller's transaction, in one statement each. */
  write(tables: Tables, drafts: Draft[]): Promise<Message[]>
  /** Tells the worker after the commit. */
  wake(): void
}
