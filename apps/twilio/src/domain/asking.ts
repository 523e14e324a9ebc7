import { finalRank, isFinal, type Message, rankOf } from './message.ts'
import { pollDelayMs } from './retry.ts'
import type { Instant } from './time.ts'

/** When the carrier is asked about its messages. */
export interface AskSettings {
  /** Waits before each question about a silent message; the last one repeats. */
  pollAfterSeconds: readonly number[]
  /** Silence after which nobody asks any more. */
  pollGiveUpSeconds: number
  /** Waits before each question about what a final message cost. */
  priceAfterSeconds: readonly number[]
}

/** What decides whether there is anything left to ask. */
export type Asked = Pick<Message, 'status' | 'providerMsgId' | 'price' | 'numSegments'>

// Questions about the price come due together, so that one list answers many of them.
const slotMs = 60_000

/**
 * When the carrier is asked next about a message of which this is known; `undefined` when nothing is
 * left to ask. `polls` is how often it was asked since the last news, `silentMs` how long ago they came.
 */
export function askAt(
  message: Asked,
  { polls, silentMs, now }: { polls: number; silentMs: number; now: Instant },
  settings: AskSettings,
): Instant | undefined {
  if (message.providerMsgId === undefined) return undefined
  if (!isFinal(message.status)) {
    const wait = pollDelayMs(polls, silentMs, settings)
    return wait === undefined ? undefined : now + wait
  }
  const seconds = lacksCost(message) ? priceWaits(message, settings)[polls] : undefined
  if (seconds === undefined) return undefined
  return Math.ceil((now + seconds * 1_000) / slotMs) * slotMs
}

/** When to ask again after a question that was not answered, whatever it was about. */
export function askAgainAt(
  message: Asked,
  { polls, silentMs, now }: { polls: number; silentMs: number; now: Instant },
  settings: AskSettings,
): Instant | undefined {
  const planned = isFinal(message.status) ? settings.priceAfterSeconds : []
  const plannedMs = planned.reduce((sum, seconds) => sum + seconds * 1_000, 0)
  const wait = pollDelayMs(polls, silentMs - plannedMs, settings)
  return wait === undefined ? undefined : now + wait
}

/** True for a message that the carrier was paid for, or may have been, as long as the bill is not known. */
export function lacksCost({ status, providerMsgId, price, numSegments }: Asked): boolean {
  const ended = status === 'CANCELED' || status === 'EXPIRED' || status === 'RECEIVED'
  if (providerMsgId === undefined || rankOf[status] < finalRank || ended) return false
  return price === undefined || numSegments === undefined
}

/** What never left the carrier mostly costs nothing: one question is enough. */
function priceWaits({ status }: Asked, { priceAfterSeconds }: AskSettings): readonly number[] {
  return status === 'FAILED' ? priceAfterSeconds.slice(0, 1) : priceAfterSeconds
}
