import type { Settings } from '../config.ts'
import type { Clock } from '../domain/time.ts'
import { AssumptionError } from '../storage/errors.ts'
import type { Store } from '../storage/store.ts'
import { type Acceptable, acceptAll } from './accept.ts'
import type { SendResult } from './message-checks.ts'
import type { Outbox } from './outbox.ts'
import { patienceFor } from './patience.ts'
import type { RunGuarded, Throttles } from './throttles.ts'

/** The parts that accept a group. */
export interface AcceptParts {
  settings: Settings
  store: Store
  outbox: Outbox
  throttles: Throttles
  clock: Clock
}

// Each time that it turns out to be wrong costs a round trip and a line in the server's log.
const lookForMs = 60_000

/**
 * Accepts messages that arrived together in one transaction. Hardly any phone has opted out, so that is
 * assumed where it can be: then all is written in one round trip. A group about which that was wrong is
 * done again with a look at its opt-outs, as are all groups of the next minute.
 */
export function createGroupAccept(
  parts: AcceptParts,
): (group: Acceptable[]) => Promise<SendResult[]> {
  const { settings, store, throttles, clock } = parts
  const whenDown = settings.throttles.whenUnavailable.messages
  let looksUntil = 0

  async function accept(group: Acceptable[], assumesNoOptOut: boolean): Promise<SendResult[]> {
    const claims = group.flatMap((one) => one.claims)
    const run: RunGuarded<SendResult[]> = (work, isSecond) => {
      const asked = { whenDown: claims.length > 0 ? whenDown : 'closed', isSecond } as const
      return store.transaction(work, { patienceMs: patienceFor(asked) })
    }
    // One counter that is held by somebody must not leave the neighbours uncounted: first each alone.
    const isAlone = group.length === 1
    return throttles.guard(run, { claims, whenDown, splits: !isAlone }, (tables, limits) =>
      acceptAll(tables, limits, group, { ...parts, assumesNoOptOut }),
    )
  }

  return async (group) => {
    // What is taken from a limit is not given back where its transaction fails.
    const mayAssume =
      clock.monotonic() >= looksUntil && group.every((one) => one.claims.length === 0)
    if (!mayAssume) return accept(group, false)
    try {
      return await accept(group, true)
    } catch (error) {
      if (!(error instanceof AssumptionError)) throw error
      looksUntil = clock.monotonic() + lookForMs
      return accept(group, false)
    }
  }
}
