import { finalRank, type MessageStatus, rankOf } from '../../src/domain/message.ts'
import type { Entry } from './history.ts'
import type { LedgerEvent, LedgerRow } from './ledger.ts'
import type { Accept } from './twilio.ts'

// The judge of a run. It was not there: it has what the actors wrote down, the database as it was left,
// and Twilio's own journal. J8 (guesses of a code), J10 (opt-outs) and J12 (events to others) have
// nothing to judge here: no run verifies, opts out or hands events on.

/** Everything that is left of a run. */
export interface Evidence {
  history: Entry[]
  rows: LedgerRow[]
  events: LedgerEvent[]
  accepts: Accept[]
  rules: {
    settleAfterSeconds: number
    /** The limit of messages to one phone, for the whole run. */
    messagesPerPhone?: number | undefined
  }
}

/** One thing that must not be. */
export interface Breach {
  rule: Rule
  words: string
}

type Rule = keyof typeof invariants
type Judge = (evidence: Evidence) => string[]

const keyOf = (to: string, text: string) => `${to} ${text}`
/** Ended, and not because somebody's phone has it. */
const withoutText: readonly MessageStatus[] = ['FAILED', 'EXPIRED', 'CANCELED']

function groupBy<T, K>(all: readonly T[], keyOfOne: (one: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const one of all) {
    const group = groups.get(keyOfOne(one))
    if (group) group.push(one)
    else groups.set(keyOfOne(one), [one])
  }
  return groups
}

function acceptsOf({ accepts }: Evidence): Map<string, Accept[]> {
  return groupBy(accepts, (accept) => keyOf(accept.to, accept.body))
}

/** Every id that a 202 has named. */
function promised({ history }: Evidence): { key: string; id: string }[] {
  return history.flatMap((entry) =>
    entry.kind === 'post' && entry.event === 'ok' ? [{ key: entry.key, id: entry.id }] : [],
  )
}

/** A message that was taken reaches Twilio, or has ended and never did. */
const oneAcceptOrNone: Judge = (evidence) => {
  const arrivals = acceptsOf(evidence)
  const rows = new Map(evidence.rows.map((row) => [row.id, row]))
  return [...new Set(promised(evidence).map((one) => one.id))].flatMap((id) => {
    const row = rows.get(id)
    if (!row) return [`${id} was answered with 202 and is not there`]
    const arrived = arrivals.has(keyOf(row.to, row.text))
    const ended = withoutText.includes(row.status)
    if (arrived === ended) return [`${id} is ${row.status}, Twilio has ${arrived ? 'it' : 'none'}`]
    return []
  })
}

const noSecondAccept: Judge = (evidence) =>
  [...acceptsOf(evidence).entries()].flatMap(([key, all]) =>
    all.length > 1 ? [`${key} arrived ${all.length} times`] : [],
  )

const noForeignAccept: Judge = (evidence) => {
  const { history, rows } = evidence
  const posted = history.flatMap((entry) =>
    entry.kind === 'post' && entry.event === 'invoke' ? [keyOf(entry.to, entry.text)] : [],
  )
  const stored = new Set(rows.map((row) => keyOf(row.to, row.text)))
  const known = new Set(posted.filter((key) => stored.has(key)))
  return [...acceptsOf(evidence).keys()]
    .filter((key) => !known.has(key))
    .map((key) => `${key} arrived, and nobody has taken it`)
}

const readYourWrites: Judge = ({ history }) => {
  const taken = new Set<string>()
  const breaches: string[] = []
  for (const entry of history) {
    if (entry.kind === 'post' && entry.event === 'ok') taken.add(entry.id)
    if (entry.kind === 'read' && entry.event === 'fail' && taken.has(entry.id))
      breaches.push(`${entry.id} was taken and then answered with ${entry.httpStatus}`)
  }
  return breaches
}

/** Upwards, or back to the queue from where nobody has it; what is final stays. */
function mayFollow(before: MessageStatus, after: MessageStatus): boolean {
  if (rankOf[before] === rankOf.SENDING && after === 'QUEUED') return true
  if (rankOf[before] >= finalRank && rankOf[after] === rankOf[before]) return before === after
  return rankOf[after] >= rankOf[before]
}

function falls(who: string, statuses: readonly MessageStatus[]): string[] {
  return statuses.flatMap((after, i) => {
    const before = statuses[i - 1]
    return before === undefined || mayFollow(before, after) ? [] : [`${who}: ${before}, ${after}`]
  })
}

const neverBackwards: Judge = ({ history, events }) => {
  const applied = events.filter((event) => event.applied && event.id !== null)
  const reads = history.flatMap((entry) =>
    entry.kind === 'read' && entry.event === 'ok' ? [entry] : [],
  )
  const stories = [
    ...groupBy(applied, (event) => `${event.id} in the log`),
    ...groupBy(reads, (read) => `${read.id} seen by ${read.actor}`),
  ]
  return stories.flatMap(([who, story]) =>
    falls(
      who,
      story.map((one) => one.status),
    ),
  )
}

const oneKeyOneId: Judge = (evidence) => {
  const byKey = groupBy(promised(evidence), (one) => one.key)
  const several = [...byKey].flatMap(([key, all]) => {
    const ids = new Set(all.map((one) => one.id))
    return ids.size > 1 ? [`${key} was answered with ${ids.size} ids`] : []
  })
  const rows = groupBy(evidence.rows, (row) => keyOf(row.to, row.text))
  const doubled = [...rows].flatMap(([key, all]) =>
    all.length > 1 ? [`${key} has ${all.length} rows`] : [],
  )
  return [...several, ...doubled]
}

const noLimitExceeded: Judge = ({ rows, rules: { messagesPerPhone = Infinity } }) =>
  [...groupBy(rows, (row) => row.to)].flatMap(([to, all]) =>
    all.length > messagesPerPhone ? [`${to} has ${all.length} of ${messagesPerPhone}`] : [],
  )

/** Every doubt has an end, and nothing is sent again before the rest is over. */
const everyDoubtSettled: Judge = ({ events, rows, rules }) => {
  const stories = groupBy(events, (event) => event.id)
  const doubted = rows.flatMap((row) => (row.status === 'IN_DOUBT' ? [row.id] : []))
  const hasty = [...stories].flatMap(([id, story]) => {
    const applied = story.filter((event) => event.applied)
    return applied.flatMap((event, i) => {
      const next = applied[i + 1]
      if (event.status !== 'IN_DOUBT' || !next || next.status === 'IN_DOUBT') return []
      if (next.status === 'ACCEPTED' || next.source === 'callback' || next.source === 'poll')
        return []
      if (next.detail === null) return [`${id} is out of doubt, nobody says why`]
      // Its own worker was still there after all, and knows for certain that nothing left.
      if (!next.detail.includes('does not know it')) return []
      const restMs = next.at - event.at
      return restMs < rules.settleAfterSeconds * 1_000 ? [`${id} rested ${restMs} ms only`] : []
    })
  })
  return [...doubted.map((id) => `${id} is still in doubt`), ...hasty]
}

const sameSegments: Judge = ({ rows, accepts }) => {
  const bySid = new Map(accepts.map((accept) => [accept.sid, accept.segments]))
  return rows.flatMap(({ id, sid, segments }) => {
    const counted = sid === null ? undefined : bySid.get(sid)
    if (segments === null || counted === undefined || segments === counted) return []
    return [`${id} has ${segments} segments, Twilio counted ${counted}`]
  })
}

/** The invariants by their numbers. */
export const invariants = {
  J1: oneAcceptOrNone,
  J2: noSecondAccept,
  J3: noForeignAccept,
  J4: readYourWrites,
  J5: neverBackwards,
  J6: oneKeyOneId,
  J7: noLimitExceeded,
  J9: everyDoubtSettled,
  J11: sameSegments,
} as const satisfies Record<string, Judge>

/** Every breach of every invariant. */
export function judge(evidence: Evidence): Breach[] {
  const rules = Object.keys(invariants) as Rule[]
  return rules.flatMap((rule) => invariants[rule](evidence).map((words) => ({ rule, words })))
}
