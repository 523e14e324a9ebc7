import { isMessageStatus, type MessageStatus, messageStatuses } from '../domain/message.ts'
import { hasPhoneShape, maskPhone } from '../domain/phone.ts'
import type { MessageFilter } from '../services/messages.ts'
import { readNumber, UsageError } from './command.ts'

/** The arguments that choose messages. */
export const filterArgs = {
  to: { type: 'string', valueHint: 'phone', description: 'Only to this phone: +14155552671' },
  status: {
    type: 'string',
    valueHint: 'list',
    description: 'Only these: FAILED,UNDELIVERED',
  },
  error: { type: 'string', valueHint: 'code', description: "Only with this code of Twilio's" },
  since: {
    type: 'string',
    valueHint: 'time',
    description: 'Accepted since: 30m, 24h, 7d, 2026-11-22 or 2026-11-22T09:30Z',
  },
} as const

/** Whether phones and texts are shown in full. */
export const revealArg = {
  type: 'boolean',
  default: false,
  description: 'Show phones in full, and texts',
} as const

/** A message for programs, without its phone and its text unless they are to be shown. */
export function shownLog<Log extends { to_phone: string; message: string }>(
  log: Log,
  reveal: boolean,
): Omit<Log, 'message'> & { message: string | null } {
  return reveal ? log : { ...log, to_phone: maskPhone(log.to_phone), message: null }
}

/** Reads `filterArgs`. */
export function readFilter(args: {
  to?: string | undefined
  status?: string | undefined
  error?: string | undefined
  since?: string | undefined
}): MessageFilter {
  const { to, status, error, since } = args
  if (to !== undefined && !hasPhoneShape(to)) {
    throw new UsageError(`Option '--to' must be in E.164 form, such as +14155552671, not '${to}'`)
  }
  return {
    toPhone: to,
    statuses: status?.split(',').map(readStatus),
    errorCode: error === undefined ? undefined : readNumber('error', error, 1, 999_999),
    since: since === undefined ? undefined : readSince(since),
  }
}

function readStatus(word: string): MessageStatus {
  const status = word.trim().toUpperCase()
  if (isMessageStatus(status)) return status
  throw new UsageError(`'${word}' is no status; there are ${messageStatuses.join(', ')}`)
}

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

function readSince(text: string): Date {
  const span = /^(\d{1,6})([smhd])$/.exec(text)
  const unit = span?.[2]
  if (span && (unit === 's' || unit === 'm' || unit === 'h' || unit === 'd')) {
    return new Date(Date.now() - Number(span[1]) * unitMs[unit])
  }
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? new Date(text) : new Date(Number.NaN)
  if (!Number.isNaN(at.getTime())) return at
  throw new UsageError(`Option '--since' must be like 24h or 2026-11-22T09:30Z, not '${text}'`)
}
