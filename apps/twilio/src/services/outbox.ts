import { eventOf } from '../domain/event.ts'
import type { Message, Priority } from '../domain/message.ts'
import type { Clock, Instant } from '../domain/time.ts'
import type { Tables } from '../storage/store.ts'
import type { Signals } from './signals.ts'

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
  /** The message that this one sends again. */
  resendOf?: string | undefined
}

/** Where messages wait for the worker: the rows themselves. */
export interface Outbox {
  /** Writes messages and their first events inside the caller's transaction, in one statement each. */
  write(tables: Tables, drafts: Draft[]): Promise<Message[]>
  /** Tells the worker after the commit. */
  wake(): void
}

/** The outbox over the message table. */
export function createOutbox(parts: {
  clock: Clock
  newId: () => string
  signals: Signals
}): Outbox {
  const { clock, newId, signals } = parts
  return {
    async write(tables, drafts) {
      const now = clock.now()
      const messages = drafts.map((draft) => messageOf(draft, newId(), now))
      await tables.messages.insert(
        messages.map((message, i) => ({
          message,
          idempotencyKey: drafts[i]?.idempotencyKey,
          requestHash: drafts[i]?.requestHash,
        })),
      )
      await tables.events.append(
        messages.map((message) => eventOf(message, firstStepOf(message), now)),
      )
      return messages
    },
    wake: () => signals.wake(),
  }
}

function messageOf(draft: Draft, id: string, now: Instant): Message {
  const later = draft.sendAt !== undefined && draft.sendAt > now
  return {
    id,
    channel: 'sms',
    direction: 'outbound',
    toPhone: draft.toPhone,
    fromPhone: draft.fromPhone,
    messagingServiceSid: draft.messagingServiceSid,
    message: draft.message,
    mediaUrls: [],
    status: later ? 'SCHEDULED' : 'QUEUED',
    providerMsgId: undefined,
    errorCode: undefined,
    numSegments: undefined,
    price: undefined,
    priceUnit: undefined,
    priority: draft.priority,
    verificationId: draft.verificationId,
    metadata: draft.metadata,
    resendOf: draft.resendOf,
    sendAt: draft.sendAt,
    expiresAt: draft.expiresAt,
    attempts: 0,
    attemptedAt: undefined,
    nextAt: later ? draft.sendAt : now,
    polls: 0,
    lapses: 0,
    lastEventTime: now,
    createdAt: now,
    updatedAt: now,
  }
}

function firstStepOf({ status, resendOf }: Message): Parameters<typeof eventOf>[1] {
  return resendOf === undefined
    ? { status, source: 'api' }
    : { status, source: 'admin', detail: `sends ${resendOf} again` }
}
