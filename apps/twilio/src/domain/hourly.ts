import type { VerificationEventKind } from './host-event.ts'
import type { MessageStatus } from './message.ts'
import type { Instant } from './time.ts'

// Counters by hour, each a row of `sms_hourly` by its name:
//   sent, delivered, undelivered, failed, in_doubt   messages of this hour, by where they stand
//   error:<code>                                     those that stand where they do for this error
//   delay:<bucket>                                   from the call to the carrier to the delivery
//   cost:<currency>                                  in millionths
//   v:<kind>                                         verifications, by what happened to them
//   v:delivered                                      codes that arrived
//   v:delay:<bucket>                                 from the start to the approval
// A message belongs to the hour in which it was to be sent, so that what was sent and what became of
// it stand side by side, and no hour has more delivered than sent.

/** What one counter of one hour grows by. */
export interface HourlyCount {
  hour: Instant
  name: string
  amount: number
}

/** An event of a message that hosts are told of, and how the message stood before it. */
export interface CountedEvent {
  status: MessageStatus
  errorCode: number | undefined
  at: Instant
  /** When the message was to be sent. */
  dueAt: Instant
  /** When the carrier was last called. */
  attemptedAt: Instant | undefined
  isVerification: boolean
  last: { status: MessageStatus; errorCode: number | undefined } | undefined
  /** The carrier had it before. */
  hadLeft: boolean
}

/** One thing that happened to a verification. */
export interface CountedVerification {
  kind: VerificationEventKind
  at: Instant
  startedAt: Instant | undefined
}

export const hourMs = 3_600_000

/** The beginning of the hour. */
export function hourOf(at: Instant): Instant {
  return at - (at % hourMs)
}

const leftStatuses: readonly MessageStatus[] = [
  ...(['ACCEPTED', 'SENT', 'DELIVERED', 'UNDELIVERED', 'READ'] as const),
]

/** True where the carrier has, or had, a message that reached this status. */
export function hasLeft(status: MessageStatus): boolean {
  return leftStatuses.includes(status)
}

/**
 * What an event changes: how its message is counted after it, less how it was counted before. So a
 * status that is corrected later moves from one counter to another.
 */
export function countEvent(event: CountedEvent): HourlyCount[] {
  const { status, errorCode, last, hadLeft, dueAt, attemptedAt, at } = event
  const before = standing(last, hadLeft, event.isVerification)
  const after = standing({ status, errorCode }, hadLeft || hasLeft(status), event.isVerification)
  const changes = new Map<string, number>()
  for (const name of before) changes.set(name, -1)
  for (const name of after) changes.set(name, (changes.get(name) ?? 0) + 1)
  if (changes.get('delivered') === 1 && attemptedAt !== undefined) {
    changes.set(`delay:${bucketOf(at - attemptedAt)}`, 1)
  }
  return [...changes]
    .filter(([, amount]) => amount !== 0)
    .map(([name, amount]) => ({ hour: hourOf(dueAt), name, amount }))
}

/** What something that happened to a verification changes. */
export function countVerification({ kind, at, startedAt }: CountedVerification): HourlyCount[] {
  const hour = hourOf(startedAt ?? at)
  const counts = [{ hour, name: `v:${kind}`, amount: 1 }]
  if (kind === 'approved' && startedAt !== undefined) {
    counts.push({ hour, name: `v:delay:${bucketOf(at - startedAt)}`, amount: 1 })
  }
  return counts
}

/** What a price that has become known changes; `before` is what was known of it. */
export function countPrice(
  acceptedAt: Instant,
  price: { unit: string; before: string | undefined; now: string },
): HourlyCount[] {
  const amount = millionths(price.now) - millionths(price.before ?? '0')
  if (amount === 0 || !Number.isSafeInteger(amount)) return []
  return [{ hour: hourOf(acceptedAt), name: `cost:${price.unit}`, amount }]
}

/** Twilio writes what it takes as a negative number, and we as what it cost. */
function millionths(price: string): number {
  return Math.round(Math.abs(Number(price)) * 1e6)
}

/** The counters that a message stands in. */
function standing(last: CountedEvent['last'], left: boolean, isVerification: boolean): Set<string> {
  const names = new Set<string>()
  if (left) names.add('sent')
  if (last === undefined) return names
  const { status, errorCode } = last
  const name = counterOf(status)
  if (name !== undefined) names.add(name)
  if (name === 'delivered' && isVerification) names.add('v:delivered')
  if ((name === 'failed' || name === 'undelivered') && errorCode !== undefined) {
    names.add(`error:${errorCode}`)
  }
  return names
}

function counterOf(status: MessageStatus): string | undefined {
  switch (status) {
    case 'DELIVERED':
    case 'READ':
      return 'delivered'
    case 'UNDELIVERED':
      return 'undelivered'
    case 'FAILED':
    case 'EXPIRED':
      return 'failed'
    case 'IN_DOUBT':
      return 'in_doubt'
    case 'SCHEDULED':
    case 'QUEUED':
    case 'SENDING':
    case 'ACCEPTED':
    case 'SENT':
    case 'CANCELED':
    case 'RECEIVED':
      return undefined
  }
}

const firstMs = 100
const perDoubling = 4
const lastBucket = 100

/** Each bucket is a fifth longer than the one before: a median out of them is off by a tenth at most. */
export function bucketOf(ms: number): number {
  const bucket = Math.ceil(perDoubling * Math.log2(Math.max(ms, firstMs) / firstMs))
  return Math.min(lastBucket, bucket)
}

/** The moment, in seconds, before which this part (0.5: half) of what is in the buckets lies. */
export function quantileOf(buckets: ReadonlyMap<number, number>, part: number): number | null {
  const sorted = [...buckets].filter(([, n]) => n > 0).toSorted(([a], [b]) => a - b)
  const all = sorted.reduce((sum, [, n]) => sum + n, 0)
  let seen = 0
  for (const [bucket, n] of sorted) {
    seen += n
    if (seen >= all * part) {
      const ms = firstMs * 2 ** ((bucket - 0.5) / perDoubling)
      return Number((ms / 1_000).toPrecision(3))
    }
  }
  return null
}

/** Each counter once, and in one order: two transactions must not wait for each other. */
export function merged(counts: readonly HourlyCount[]): HourlyCount[] {
  const sums = new Map<string, HourlyCount>()
  for (const { hour, name, amount } of counts) {
    const key = `${hour} ${name}`
    sums.set(key, { hour, name, amount: amount + (sums.get(key)?.amount ?? 0) })
  }
  return [...sums]
    .filter(([, { amount }]) => amount !== 0)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, count]) => count)
}
