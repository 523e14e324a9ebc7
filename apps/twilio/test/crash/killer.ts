import { setTimeout as delay } from 'node:timers/promises'
import type { RequestEntry, Simulator } from '@hsb/twilio-simulator'
import type { MortalApi } from './api.ts'
import type { Client } from './client.ts'
import type { Dice } from '../dice.ts'

/** Kills an API at random moments, spread over the messages of a run. */
export interface Killer {
  /** A message was answered with 202. */
  accepted(): void
  /** Resolves after the last kill. */
  finished(): Promise<void>
  counts(): KillCounts
}

/** Only a kill that cuts something off shows anything. */
export interface KillCounts {
  /** Kills while a request to us or a call to Twilio was unanswered. */
  effectiveKills: number
  /** Kills while a call to Twilio was unanswered. */
  cutSends: number
}

/** A killer of `kills` processes over `messages` messages. */
export function createKiller(plan: {
  messages: number
  kills: number
  dice: Dice
  twilio: Simulator
  api: MortalApi
  client: Client
}): Killer {
  const { dice, twilio, api, client } = plan
  const counts = { effectiveKills: 0, cutSends: 0 }
  let left = plan.kills
  let accepted = 0
  let threshold = nextThreshold()
  let upSince = twilio.clock.now()
  let killing: Promise<void> | undefined

  function nextThreshold(): number {
    return accepted + Math.floor((dice() * 1.8 * (plan.messages - accepted)) / (left + 1))
  }

  /** The living one has handed a message over and knows nothing of it yet. */
  function isOpenCall(one: RequestEntry): boolean {
    const isCall = one.kind === 'api' && one.method === 'POST' && one.time >= upSince
    return isCall && one.status === undefined
  }

  const hasOpenCall = () => twilio.requests().some(isOpenCall)

  async function kill(): Promise<void> {
    await delay(dice() * 20)
    // A moment between two calls would show nothing: then the next call is the moment.
    if (!hasOpenCall())
      await Promise.race([twilio.waitFor(isOpenCall), delay(500, undefined, { ref: false })])
    const isCut = hasOpenCall()
    if (isCut) counts.cutSends++
    if (isCut || client.waiting() > 0) counts.effectiveKills++
    await api.kill()
    upSince = twilio.clock.now()
    left--
    threshold = nextThreshold()
  }

  return {
    accepted() {
      accepted++
      if (killing || left === 0 || accepted < threshold) return
      killing = kill().finally(() => {
        killing = undefined
      })
    },
    async finished() {
      await killing
      while (left > 0) await kill()
    },
    counts: () => counts,
  }
}
