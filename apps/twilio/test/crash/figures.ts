import type { Breach, Evidence } from './checker.ts'
import type { CutCall } from './strikes.ts'

/** A run in numbers; times in milliseconds. */
export interface Figures {
  name: string
  seed: number
  messages: number
  strikes: number
  effective: number
  /** Broken J1, broken J2, and everything else that is broken. */
  lost: number
  doubled: number
  other: number
  /** Not at Twilio and not ended when the run was given up. */
  unsettled: number
  doubted: number
  sentAgain: number
  /** From doubt to certainty. */
  slowestMs: number
  p99Ms: number
  /** From a kill to the moment when somebody looked after what it had cut off. */
  takeoverP99Ms: number
  seconds: number
}

/** What can be counted in a run. */
export function figuresOf(
  evidence: Evidence,
  parts: {
    breaches: Breach[]
    cutCalls: CutCall[]
  } & Pick<
    Figures,
    'name' | 'seed' | 'messages' | 'strikes' | 'effective' | 'unsettled' | 'seconds'
  >,
): Figures {
  const { breaches, cutCalls, ...told } = parts
  const broken = (rule: Breach['rule']) => breaches.filter((one) => one.rule === rule).length
  const doubts = doubtTimes(evidence)
  const sentAgain = evidence.events.filter(
    (event) => event.status === 'QUEUED' && event.source === 'worker' && event.applied,
  )
  return {
    ...told,
    lost: broken('J1'),
    doubled: broken('J2'),
    other: breaches.length - broken('J1') - broken('J2'),
    doubted: doubts.length,
    sentAgain: sentAgain.length,
    slowestMs: Math.round(Math.max(0, ...doubts)),
    p99Ms: Math.round(percentile(doubts, 0.99)),
    takeoverP99Ms: Math.round(percentile(takeoverTimes(evidence, cutCalls), 0.99)),
  }
}

function doubtTimes({ events }: Evidence): number[] {
  const since = new Map<string, number>()
  const times: number[] = []
  for (const { id, status, at, applied } of events) {
    if (id === null || !applied) continue
    const begun = since.get(id)
    if (status === 'IN_DOUBT' && begun === undefined) since.set(id, at)
    if (status === 'IN_DOUBT' || begun === undefined) continue
    times.push(at - begun)
    since.delete(id)
  }
  return times
}

function takeoverTimes({ events }: Evidence, cutCalls: CutCall[]): number[] {
  const stories = new Map<string, number[]>()
  for (const { id, at } of events) {
    if (id === null) continue
    const story = stories.get(id)
    if (story) story.push(at)
    else stories.set(id, [at])
  }
  return cutCalls.flatMap(({ id, at }) => {
    // Without a later event there was nothing to take over: a callback had been faster than the kill.
    const next = stories.get(id)?.find((moment) => moment > at)
    return next === undefined ? [] : [next - at]
  })
}

function percentile(times: number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
}
