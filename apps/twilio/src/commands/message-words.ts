import { describeCode } from '@hsb/twilio-sms'
import type { MessageEvent } from '../domain/event.ts'
import type { Message, MessageStatus } from '../domain/message.ts'
import { maskPhone } from '../domain/phone.ts'
import { paint } from './terminal.ts'

const tones: Partial<Record<MessageStatus, 'good' | 'bad' | 'warning'>> = {
  DELIVERED: 'good',
  READ: 'good',
  UNDELIVERED: 'bad',
  FAILED: 'bad',
  EXPIRED: 'bad',
  CANCELED: 'bad',
  IN_DOUBT: 'warning',
}

const widestStatus = 11

/** A status as wide as the widest, in its colour. */
export function statusWord(status: MessageStatus): string {
  const tone = tones[status]
  const word = status.padEnd(widestStatus)
  return tone === undefined ? word : paint(tone, word)
}

/** A phone as it may be shown. */
export function phoneWord(phone: string | undefined, reveal: boolean): string {
  if (phone === undefined) return ''
  return reveal ? phone : maskPhone(phone)
}

/** A code of Twilio's with what it means. */
export function errorWords(code: number): string {
  return `${code} ${describeCode(code).meaning}`
}

/** The time between two events: `+667 ms`, `+1.1 s`, `+12 min`. */
export function spanWords(ms: number): string {
  if (ms < 1_000) return `+${ms} ms`
  if (ms < 60_000) return `+${(ms / 1_000).toFixed(1)} s`
  if (ms < 3_600_000) return `+${Math.round(ms / 60_000)} min`
  return `+${(ms / 3_600_000).toFixed(1)} h`
}

/** Everything about one message, as a person reads it. */
export function messageLines(
  { message, events }: { message: Message; events: MessageEvent[] },
  { reveal }: { reveal: boolean },
): string[] {
  const { id, status, toPhone, fromPhone, errorCode, numSegments, price, priceUnit } = message
  const facts: [string, string | undefined][] = [
    ['To', phoneWord(toPhone, reveal)],
    ['From', fromPhone ?? message.messagingServiceSid],
    ['Text', reveal ? JSON.stringify(message.message) : undefined],
    ['SID', message.providerMsgId],
    ['Segments', numSegments?.toString()],
    ['Price', price === undefined ? undefined : `${price} ${priceUnit ?? ''}`.trimEnd()],
    ['Attempts', String(message.attempts)],
    ['Error', errorCode === undefined ? undefined : errorWords(errorCode)],
  ]
  return [
    `${paint('strong', id)}  ${statusWord(status).trimEnd()}`,
    '',
    ...facts.flatMap(([name, value]) =>
      value === undefined ? [] : [`  ${paint('quiet', name.padEnd(8))}  ${value}`],
    ),
    '',
    ...timeline(events),
  ]
}

const widestTime = 24

function timeline(events: MessageEvent[]): string[] {
  let before: number | undefined
  return events.map((event) => {
    const at =
      before === undefined
        ? new Date(event.createdAt).toISOString()
        : spanWords(event.createdAt - before)
    before = event.createdAt
    const { errorCode: code, detail } = event
    // The words of a refusal explain its code already.
    const isTold = code === undefined || detail?.includes(String(code))
    const notes = [
      isTold ? undefined : errorWords(code),
      detail,
      event.applied ? undefined : '(only noted)',
    ].filter((note) => note !== undefined)
    const line = `  ${at.padStart(widestTime)}  ${statusWord(event.status)}  ${event.source.padEnd(8)}  ${notes.join('; ')}`
    return event.applied ? line.trimEnd() : paint('quiet', line.trimEnd())
  })
}
