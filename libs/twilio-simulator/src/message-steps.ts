import type { Ending, Message, MessageStatus } from './message.ts'
import type { Delays } from './options.ts'

/** The next thing that happens to a message, and in how many milliseconds. */
export interface Step {
  status: MessageStatus
  waitMs: number
  errorCode: number | null
}

/** Undefined when nothing more happens by itself. */
export function stepAfter(
  message: Message,
  ending: Ending,
  delays: Delays,
  now: Date,
): Step | undefined {
  const step = stepInTime(message, ending, delays, now)
  if (!step || message.status === 'sent' || message.status === 'scheduled') return step
  const startedAt = message.sendAt ?? message.createdAt
  const leftMs = startedAt.getTime() + message.validitySeconds * 1000 - now.getTime()
  return step.waitMs > leftMs ? { status: 'failed', waitMs: leftMs, errorCode: 30036 } : step
}

/** As if every message stayed valid for ever. */
function stepInTime(message: Message, ending: Ending, delays: Delays, now: Date): Step | undefined {
  switch (message.status) {
    case 'accepted':
      return { status: 'queued', waitMs: delays.queuedMs, errorCode: null }
    case 'scheduled': {
      const sendAt = message.sendAt ?? now
      return { status: 'queued', waitMs: sendAt.getTime() - now.getTime(), errorCode: null }
    }
    case 'queued':
      return { status: 'sending', waitMs: delays.sendingMs, errorCode: null }
    case 'sending':
      return ending.status === 'failed'
        ? { status: 'failed', waitMs: delays.sentMs, errorCode: ending.code }
        : { status: 'sent', waitMs: delays.sentMs, errorCode: null }
    case 'sent':
      return ending.status === 'sent'
        ? undefined
        : { status: ending.status, waitMs: delays.deliveredMs, errorCode: ending.code }
    case 'delivered':
    case 'undelivered':
    case 'failed':
    case 'canceled':
    case 'received':
      return undefined
  }
}
