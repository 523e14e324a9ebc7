import type { Message, MessageStatus } from './message.ts'
import type { Instant } from './time.ts'

/** Where an event came from. */
export type EventSource = 'api' | 'worker' | 'callback' | 'poll' | 'admin'

/** One thing that happened to a message; a row of `sms_event`. */
export interface MessageEvent {
  /** Grows with time; the order in which events were stored. */
  id: number
  /** Absent for a callback whose message is not known yet. */
  messageId: string | undefined
  providerMsgId: string | undefined
  status: MessageStatus
  source: EventSource
  /** False when the event came too late, or contradicted a final status, and was only noted. */
  applied: boolean
  errorCode: number | undefined
  /** The carrier's own words, or ours for a step of the worker. Never a body, never a code. */
  detail: string | undefined
  /** The attempt it belongs to, counted from 1. */
  attempt: number | undefined
  createdAt: Instant
}

/** An event to be stored. Two events with one `dedupeKey` are one event. */
export type NewEvent = Omit<MessageEvent, 'id'> & { dedupeKey: string | undefined }

/**
 * The identity of a status callback by its signed content. Without the status in the key `DELIVERED`
 * after `SENT` would be taken for a repetition.
 */
export function callbackKey(
  providerMsgId: string,
  status: string,
  errorCode: number | undefined,
): string {
  const key = `sms:msg:${providerMsgId}:${status}`
  return errorCode === undefined ? key : `${key}:${errorCode}`
}

/** What we did to a message ourselves, as an event: a step of the worker, or its acceptance. */
export function eventOf(
  message: Message,
  step: {
    status: MessageStatus
    source?: EventSource
    errorCode?: number | undefined
    detail?: string | undefined
  },
  now: Instant,
): NewEvent {
  return {
    messageId: message.id,
    providerMsgId: message.providerMsgId,
    status: step.status,
    source: step.source ?? 'worker',
    applied: true,
    errorCode: step.errorCode,
    detail: step.detail,
    attempt: message.attempts > 0 ? message.attempts : undefined,
    dedupeKey: undefined,
    createdAt: now,
  }
}
