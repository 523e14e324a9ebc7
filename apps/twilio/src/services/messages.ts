import type { MessageEvent } from '../domain/event.ts'
import type { Message } from '../domain/message.ts'

/** A message as a caller asks for it. */
export interface SendInput {
  /** E.164, such as `+14155552671`. */
  toPhone: string
  /** 1 to 1,600 UTF-16 units. */
  message: string
  fromPhone?: string | undefined
  messagingServiceSid?: string | undefined
  /** Not before this moment. */
  sendAt?: Date | undefined
  /** Not after this moment; default: `messages.expireAfterSeconds` from now or from `sendAt`. */
  expiresAt?: Date | undefined
  /** `bulk` waits behind everything else. */
  priority?: 'normal' | 'bulk' | undefined
  /** Kept and given back; never sent to the carrier. */
  metadata?: Record<string, string> | undefined
  /** Makes a repetition of this call harmless for 7 days: 1 to 255 printable ASCII characters. */
  idempotencyKey?: string | undefined
  /** Who calls; keys of different callers never meet. */
  caller?: string | undefined
}

/** How `send` can end. Only `accepted` has written anything, and then it is on disk. */
export type SendResult =
  | { kind: 'accepted'; message: Message; replayed: boolean }
  | { kind: 'invalid-message'; field: string; detail: string }
  | { kind: 'invalid-phone'; field: 'to_phone' | 'from_phone' }
  | { kind: 'destination-not-allowed'; country: string | undefined }
  | { kind: 'opted-out' }
  | { kind: 'idempotency-key-reused' }
  | { kind: 'throttled'; retryAfterSeconds: number }
  | { kind: 'unavailable' }

/** Sending and reading messages. */
export interface Messages {
  /** Accepts one message: when it resolves with `accepted`, the message is on disk and will be sent. */
  send(input: SendInput): Promise<SendResult>
  /** The message and everything that happened to it, oldest first. */
  get(id: string): Promise<{ message: Message; events: MessageEvent[] } | undefined>
  /** Resolves with the message once the carrier has answered for it or `untilMs` is over. */
  whenAnswered(id: string, waitMs: number): Promise<Message | undefined>
}
