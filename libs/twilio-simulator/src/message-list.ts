import { readSpan } from './dates.ts'
import type { Message } from './message.ts'

/** Outcome of filtering: the messages, newest first, or the name of a filter that makes no sense. */
type Filtered = { kind: 'found'; messages: Message[] } | { kind: 'bad-filter'; name: string }

/**
 * The messages a list call asks for. Both ends of `DateSent<` and `DateSent>` are included, and a
 * value without a time means the whole day. `unsent` says whether a date filter shows messages
 * whose `date_sent` is null.
 */
export function filterMessages(
  all: readonly Message[],
  query: URLSearchParams,
  now: Date,
  unsent: 'hidden' | 'shown',
): Filtered {
  const tests: ((message: Message) => boolean)[] = [
    ({ kind, deleted, listedAt }) => kind === 'message' && !deleted && listedAt <= now,
  ]
  const to = query.get('To')
  if (to) tests.push((message) => message.to === to)
  const from = query.get('From')
  if (from) tests.push((message) => message.from === from)

  for (const name of ['DateSent', 'DateSent<', 'DateSent>']) {
    const value = query.get(name)
    if (!value) continue
    const span = readSpan(value)
    if (!span) return { kind: 'bad-filter', name }
    tests.push(({ sentAt }) => {
      if (!sentAt) return unsent === 'shown'
      const time = sentAt.getTime()
      const earlyEnough = name === 'DateSent>' || time <= span.to
      const lateEnough = name === 'DateSent<' || time >= span.from
      return earlyEnough && lateEnough
    })
  }
  const messages = all.filter((message) => tests.every((test) => test(message)))
  return { kind: 'found', messages: messages.toReversed() }
}
