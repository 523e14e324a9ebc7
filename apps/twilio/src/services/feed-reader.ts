import type { HostEvent } from '../domain/host-event.ts'
import type { Logger } from '../domain/log.ts'
import type { Instant } from '../domain/time.ts'
import type { FeedPlace, FeedPosition, FeedRow } from '../storage/event-stores.ts'
import type { Tables } from '../storage/store.ts'

/** Where a new reader begins. */
export type StartAt = 'now' | 'beginning'

/** Some events in the order in which they are to be handled, and how far one has come with them. */
export interface FeedBatch {
  /** How many rows were read, told to hosts or not. */
  read: number
  events: { event: HostEvent; done: () => void }[]
  /** The cursor that belongs to what is done by now. */
  cursor(): string
  /** The cursor that was read. */
  from: string
}

/** Before everything. */
export const beginning: FeedPosition = {
  messages: { tx: '0', id: 0 },
  verifications: { tx: '0', id: 0 },
}

/** Gives a reader its place, unless it has one. */
export async function beginFeed(
  { cursors, feed }: Pick<Tables, 'cursors' | 'feed'>,
  parts: { name: string; startAt: StartAt; at: Instant; logger: Logger },
): Promise<void> {
  const { name, startAt, at, logger } = parts
  const [known, end] = [await cursors.read(name), await feed.end()]
  if (known === undefined) {
    const position = startAt === 'now' ? end : beginning
    await cursors.begin(name, JSON.stringify(position), at)
    return
  }
  // Transactions only count upwards: in this server nobody can have come so far.
  const position = readPosition(known)
  if (!position || BigInt(position.messages.tx) <= BigInt(end.messages.tx)) return
  const words =
    'the database has been moved from another server, and its events wait for the numbers of that one: see docs/events.md'
  logger.error({ event: 'events-ahead', cursor: name }, words)
}

/** What comes next for a reader; `undefined` where it has no place. */
export async function readFeed(
  { cursors, feed }: Pick<Tables, 'cursors' | 'feed'>,
  name: string,
  limit: number,
): Promise<FeedBatch | undefined> {
  const from = await cursors.read(name)
  const position = from === undefined ? undefined : readPosition(from)
  if (from === undefined || position === undefined) return undefined
  const messages = track(await feed.messages(position.messages, limit), position.messages)
  const verifications = track(
    await feed.verifications(position.verifications, limit),
    position.verifications,
  )
  const events = inOrder(messages.rows, verifications.rows).flatMap((row) => {
    const done = () => {
      messages.done.add(row)
      verifications.done.add(row)
    }
    if (row.event) return [{ event: row.event, done }]
    // Nothing to be handled.
    done()
    return []
  })
  return {
    read: messages.rows.length + verifications.rows.length,
    events,
    from,
    cursor: () =>
      JSON.stringify({ messages: messages.place(), verifications: verifications.place() }),
  }
}

/**
 * Two transactions that crossed may stand in the feed in the other order than they changed a message.
 * Ids are given under the lock of the message, so they are right. Messages and verifications go by time.
 */
function inOrder(messages: readonly FeedRow[], verifications: readonly FeedRow[]): FeedRow[] {
  const [left, right] = [messages.toSorted(byId), verifications.toSorted(byId)]
  const merged: FeedRow[] = []
  let [i, j] = [0, 0]
  for (;;) {
    const [a, b] = [left[i], right[j]]
    if (a && (!b || a.createdAt <= b.createdAt)) {
      merged.push(a)
      i++
    } else if (b) {
      merged.push(b)
      j++
    } else {
      return merged
    }
  }
}

function byId(a: FeedRow, b: FeedRow): number {
  return a.place.id - b.place.id
}

/** The last row before which everything is done, in the order of the feed. */
function track(rows: readonly FeedRow[], start: FeedPlace) {
  const done = new Set<FeedRow>()
  let passed = 0
  return {
    rows,
    done,
    place(): FeedPlace {
      for (let row = rows[passed]; row && done.has(row); row = rows[passed]) passed++
      return rows[passed - 1]?.place ?? start
    },
  }
}

/** A cursor as it is stored. */
export function readPosition(text: string): FeedPosition | undefined {
  const value: unknown = JSON.parse(text)
  if (typeof value !== 'object' || value === null) return undefined
  if (!('messages' in value) || !('verifications' in value)) return undefined
  const { messages, verifications } = value
  return isPlace(messages) && isPlace(verifications) ? { messages, verifications } : undefined
}

function isPlace(value: unknown): value is FeedPlace {
  return (
    typeof value === 'object' &&
    value !== null &&
    'tx' in value &&
    'id' in value &&
    typeof value.tx === 'string' &&
    /^\d+$/.test(value.tx) &&
    typeof value.id === 'number'
  )
}
