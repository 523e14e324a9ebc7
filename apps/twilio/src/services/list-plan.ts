import type { Message } from '../domain/message.ts'
import type { Instant } from '../domain/time.ts'

/** Messages that one look into the carrier's list may answer for. */
export interface ListPlan {
  messages: Message[]
  since: Instant
  /** Left out where they may not have been sent. */
  sentBefore?: Instant | undefined
  mostCalls: number
}

/** Fewer are asked about one by one: a page of the list would be read for little. */
const fewest = 10
/** A list of an account with much other traffic must not cost more than it saves, or last too long. */
const messagesPerCall = 10
const mostCalls = 20
// Our clock and the carrier's may differ by this much without harm: what is missed is asked singly.
const clockSkewMs = 60_000

/**
 * Which of these messages are asked about together. `unlisted` are those that a list has not shown.
 * Lists by time of sending leave out what was never sent, so those that may not have been sent are
 * looked for by their creation.
 */
export function planLists(
  messages: Message[],
  unlisted: ReadonlySet<string>,
): { lists: ListPlan[]; singly: Message[] } {
  const listable = messages.filter(
    ({ id, providerMsgId }) => providerMsgId !== undefined && !unlisted.has(id),
  )
  const unsent = listable.filter((message) => !wasSent(message))
  const groups = [
    { messages: unsent, since: Math.min(...unsent.map(handedOverAt)) - clockSkewMs },
    ...bySpan(listable.filter(wasSent)),
  ]
  const lists = groups
    .filter((group) => group.messages.length >= fewest)
    .map((group) => {
      const calls = Math.floor(group.messages.length / messagesPerCall)
      return { ...group, mostCalls: Math.min(mostCalls, calls) }
    })
  const together = new Set(lists.flatMap((list) => list.messages))
  return { lists, singly: messages.filter((message) => !together.has(message)) }
}

/** Groups of messages whose times of sending may overlap: between two campaigns nothing is read. */
function bySpan(
  messages: Message[],
): { messages: Message[]; since: Instant; sentBefore: Instant }[] {
  const groups: { messages: Message[]; since: Instant; sentBefore: Instant }[] = []
  for (const message of messages.toSorted((a, b) => handedOverAt(a) - handedOverAt(b))) {
    const since = handedOverAt(message) - clockSkewMs
    const sentBefore = (message.lastEventTime ?? message.updatedAt) + clockSkewMs
    const group = groups.at(-1)
    if (group && since <= group.sentBefore) {
      group.messages.push(message)
      group.sentBefore = Math.max(group.sentBefore, sentBefore)
    } else {
      groups.push({ messages: [message], since, sentBefore })
    }
  }
  return groups
}

function wasSent({ status }: Message): boolean {
  return (
    status === 'SENT' || status === 'DELIVERED' || status === 'UNDELIVERED' || status === 'READ'
  )
}

function handedOverAt(message: Message): Instant {
  return message.attemptedAt ?? message.createdAt
}
