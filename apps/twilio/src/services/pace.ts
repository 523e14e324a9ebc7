import type { Settings } from '../config.ts'
import { type Message, priorityOf } from '../domain/message.ts'
import { grantPace, type PaceAnswer, paceKey } from '../domain/pace.ts'
import type { Clock, Instant } from '../domain/time.ts'
import type { Tables } from '../storage/store.ts'

/** Which claimed messages may be sent now. */
export interface PaceGrants {
  granted: Message[]
  putOff: { message: Message; nextAt: Instant }[]
  /** On the monotonic clock: when the grants were taken. */
  grantedAt: number
}

/** How fast each sender may send, exact over all processes that share the database. */
export interface Pace {
  /** True when some sender has a limit. */
  isSet: boolean
  /** True when this message counts. */
  counts(message: Message): boolean
  /** Asks for claimed messages, most urgent first, inside the transaction that claims them. */
  take(tables: Tables, messages: Message[]): Promise<PaceGrants>
}

/** How long a sender's row is kept after its last use; anything over a few seconds will do. */
const keptMs = 60_000

/** The pace of one app's senders. `segmentsOf` counts the text as it leaves. */
export function createPace(parts: {
  settings: Settings
  clock: Clock
  /** In [0, 1). */
  random: () => number
  segmentsOf: (message: Message) => number
}): Pace {
  const { settings, clock, random, segmentsOf } = parts
  const { default: fallback, senders } = settings.delivery.pace
  const limits = new Map(Object.entries(senders))

  /** The sender whose limit holds: one with a limit of its own before the default. */
  function limitOf({ fromPhone, messagingServiceSid }: Message) {
    const names = [fromPhone, messagingServiceSid].flatMap((name) => name ?? [])
    const sender = names.find((name) => limits.has(name)) ?? messagingServiceSid ?? fromPhone
    if (sender === undefined) return undefined
    const limit = limits.get(sender) ?? fallback
    return limit === undefined ? undefined : { key: paceKey(sender), limit }
  }

  function bySender(messages: Message[]): Map<string, { limit: number; messages: Message[] }> {
    const groups = new Map<string, { limit: number; messages: Message[] }>()
    for (const message of messages) {
      const sender = limitOf(message)
      if (sender === undefined) continue
      const group = groups.get(sender.key) ?? { limit: sender.limit, messages: [] }
      group.messages.push(message)
      groups.set(sender.key, group)
    }
    return groups
  }

  const requestOf = (message: Message) => ({
    id: message.id,
    cost: segmentsOf(message),
    urgent: message.priority === priorityOf.verification,
    putOffs: message.polls,
  })

  return {
    isSet: fallback !== undefined || limits.size > 0,
    counts: (message) => limitOf(message) !== undefined,

    async take(tables, messages) {
      const groups = bySender(messages)
      const grantedAt = clock.monotonic()
      if (groups.size === 0) return { granted: messages, putOff: [], grantedAt }
      // In one order for everybody, so that two claims never wait for each other.
      const known = await tables.throttles.lock([...groups.keys()].toSorted())
      // Read under the lock: a moment from before the wait could be earlier than the last grant.
      const taken = { at: clock.monotonic(), now: clock.now() }
      const answers = new Map<string, PaceAnswer>()
      for (const [key, group] of groups) {
        const requests = group.messages.map(requestOf)
        const at = { now: taken.now, random }
        answers.set(key, grantPace(known.get(key) ?? [], group.limit, requests, at))
      }
      await tables.throttles.save(
        [...answers].map(([key, { hits }]) => ({ key, hits, expiresAt: keepUntil(hits) })),
      )
      const nextAtOf = new Map(
        [...answers.values()].flatMap(({ putOff }) => putOff.map((one) => [one.id, one.nextAt])),
      )
      return {
        granted: messages.filter((message) => !nextAtOf.has(message.id)),
        putOff: messages.flatMap((message) => {
          const nextAt = nextAtOf.get(message.id)
          return nextAt === undefined ? [] : [{ message, nextAt }]
        }),
        grantedAt: taken.at,
      }
    },
  }
}

function keepUntil(hits: PaceAnswer['hits']): Instant {
  return Math.max(...hits.map((hit) => hit.at)) + keptMs
}
