import { type Hits, judge } from './throttle.ts'
import type { Instant } from './time.ts'

/** A message that asks for a place in the pace of its sender. */
export interface PaceRequest {
  id: string
  /** Its segments. */
  cost: number
  /** A code is worthless late. */
  urgent: boolean
  /** How often it was put off already. */
  putOffs: number
}

/** Who may be sent now, and when the others ask again. */
export interface PaceAnswer {
  granted: Set<string>
  putOff: { id: string; nextAt: Instant }[]
  /** To be stored: an entry that costs nothing marks how far the sender is planned. */
  hits: Hits
}

/** What the carrier counts in. */
const secondMs = 1_000
/**
 * A grant is written, then the call leaves, then it arrives: not every one takes equally long. Two
 * grants a second and this slack apart arrive at least a second apart, as long as no call takes this
 * much longer than another one.
 */
const slackMs = 150
/** A grant older than this is not used: it would eat the slack. The rest of it is for the network. */
export const grantLivesMs = 100
/** A sender without any grant for this long has nothing planned: what was planned has ended otherwise. */
const idleMs = 5_000
/** No message is planned further ahead: clocks are set back now and then. */
const furthestMs = 3_600_000

const windowMs = secondMs + slackMs

/** The key of a sender's row among the counters. */
export function paceKey(sender: string): string {
  return `sms:pace:${sender}`
}

/**
 * Grants what fits under `limit` segments in any second, in the order of the requests. A message longer
 * than the limit counts as the limit. What does not fit is put off: a new one behind everything that is
 * planned for the sender, so that a backlog comes back one by one; one that missed its place, or a
 * code, to the next place that is free. `random` answers numbers in [0, 1).
 */
export function grantPace(
  known: Hits,
  limit: number,
  requests: readonly PaceRequest[],
  { now, random }: { now: Instant; random: () => number },
): PaceAnswer {
  // The second rule never refuses: it keeps the hits by which an idle sender is known.
  const rules = [
    { limit, windowSeconds: windowMs / 1_000 },
    { limit: Infinity, windowSeconds: idleMs / 1_000 },
  ]
  let hits = known.filter((hit) => hit.cost > 0)
  const isIdle = !hits.some((hit) => hit.at > now - idleMs)
  const mark = known.find((hit) => hit.cost === 0)?.at ?? now
  let plannedUntil = isIdle ? now : Math.min(mark, now + furthestMs)
  let freeAt: Instant | undefined
  const granted = new Set<string>()
  const putOff: PaceAnswer['putOff'] = []

  for (const { id, urgent, putOffs, ...request } of requests) {
    const cost = Math.min(request.cost, limit)
    const verdict = judge(hits, rules, cost, now)
    // After one that does not fit nobody passes, or a long message would wait for ever among short ones.
    if (verdict.kind === 'allowed' && freeAt === undefined) {
      hits = verdict.hits
      granted.add(id)
      continue
    }
    const fitsAt = verdict.kind === 'refused' ? verdict.retryAt : (freeAt ?? now)
    const placeMs = (windowMs * cost) / limit
    let nextAt = fitsAt
    if (!urgent && putOffs === 0) {
      nextAt = Math.max(plannedUntil, fitsAt)
      plannedUntil = nextAt + placeMs
    } else if (freeAt !== undefined) {
      nextAt += random() * placeMs * 2 ** Math.min(putOffs, 6)
    }
    freeAt ??= fitsAt
    putOff.push({ id, nextAt: Math.ceil(nextAt) })
  }
  return { granted, putOff, hits: [...hits, { at: Math.ceil(plannedUntil), cost: 0 }] }
}
