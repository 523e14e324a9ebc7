import { setTimeout as delay } from 'node:timers/promises'
import type { Dice } from '../dice.ts'

/** Strikes at random moments, spread over the messages of a run. */
export interface Spread {
  /** A message was accepted. Resolves when the next one may be posted: no strike shall be missed. */
  accepted(): Promise<void>
  /** True after the last strike; until then messages have to come, or there would be nothing to strike at. */
  isFinished(): boolean
  /** Resolves after the last strike. */
  finished(): Promise<void>
  /** Strikes so far, and those that cut something off. */
  counts(): { strikes: number; effective: number }
}

/** So many messages may be accepted while a strike is prepared. */
const ahead = 10
/** Then each client goes on this slowly. */
const trickleMs = 800

/** Calls `strike` so many times; it answers whether that had an effect. */
export function spreadStrikes(plan: {
  messages: number
  strikes: number
  dice: Dice
  strike: () => Promise<boolean>
}): Spread {
  const counts = { strikes: 0, effective: 0 }
  let accepted = 0
  let threshold = nextThreshold()
  let striking: Promise<void> | undefined

  function nextThreshold(): number {
    const left = plan.strikes - counts.strikes
    const messagesLeft = Math.max(0, plan.messages - accepted)
    return accepted + Math.floor((plan.dice() * 1.4 * messagesLeft) / (left + 1))
  }

  async function strike(): Promise<void> {
    const hit = await plan.strike()
    counts.strikes++
    if (hit) counts.effective++
    threshold = nextThreshold()
  }

  return {
    async accepted() {
      accepted++
      // Not to the end of it: it may wait for somebody to have something to do.
      if (striking && accepted > threshold + ahead)
        await Promise.race([striking, delay(trickleMs, undefined, { ref: false })])
      if (striking || counts.strikes === plan.strikes || accepted < threshold) return
      striking = strike().finally(() => {
        striking = undefined
      })
    },
    isFinished: () => counts.strikes === plan.strikes,
    async finished() {
      await striking
      while (counts.strikes < plan.strikes) await strike()
    },
    counts: () => counts,
  }
}
