import type { Settings } from '../config.ts'
import { afterSign, type FlowSign, roomOf, startFlow, trialFlow } from '../domain/flow.ts'
import type { Logger } from '../domain/log.ts'
import type { Clock, Instant } from '../domain/time.ts'
import type { Store } from '../storage/store.ts'

/** Whether the carrier is being called, or left alone because it does not answer. */
export type BreakerState = { kind: 'closed' } | { kind: 'open'; since: Instant }

/** How much one process may ask of the carrier at the moment. */
export interface Flow {
  /** How many calls may begin while `inFlight` are under way; 0 while the carrier is left alone. */
  room(inFlight: number): number
  /** True once as many calls at once are allowed as the settings say. */
  isWide(): boolean
  /** On the monotonic clock: before this moment nothing may begin, not even a probe. */
  restsUntil(): number
  isOpen(): boolean
  state(): BreakerState
  /**
   * While the breaker is open: the right to one call, for one process at a time and every five seconds.
   * Who gets it makes the call, or tells by `skipProbe` that there was none to make.
   */
  takeProbe(): Promise<boolean>
  /** A probe that was not used: `worthless` before its call, or `nothing` to send at all. */
  skipProbe(why: 'worthless' | 'nothing'): Promise<void>
  /** How many questions may be put to the carrier now, of at most `most`. */
  lookUps(most: number): number
  /** What the end of a call says about the carrier. */
  note(sign: FlowSign): Promise<void>
}

const lease = 'probe'
const probeEveryMs = 5_000
/** How soon a process asks for the probe again that another one has. */
const askAgainMs = 1_000
/** After so many probes with nothing to send the breaker has nothing left to keep back. */
const idleProbesToClose = 12

/** The flow of one process; `holder` is its name in the lease. */
export function createFlow(parts: {
  settings: Settings
  store: Store
  clock: Clock
  /** In [0, 1). */
  random: () => number
  holder: string
  /** True while it is this process that asks about the doubtful. */
  hasTurn: () => boolean
  logger: Logger
}): Flow {
  const { settings, store, clock, random, holder, hasTurn, logger } = parts
  const most = settings.delivery.concurrency
  let state = startFlow(most)
  let since = 0
  let probesAt = 0
  let idleProbes = 0
  /** The right to probe is here and has not been used. */
  let holdsProbe = false
  /** The probe is free for a question, as there is nothing to send. */
  let isSpare = false

  async function giveProbeBack(): Promise<void> {
    try {
      await store.leases.release(lease, holder)
    } catch (error) {
      // It ends by itself within seconds.
      logger.warn(
        { event: 'probe-kept', error: String(error) },
        'the right to probe could not be given back',
      )
    }
  }

  function open(): void {
    since = clock.now()
    probesAt = clock.monotonic() + probeEveryMs
    idleProbes = 0
    logger.error(
      { event: 'breaker-open', failures: state.failures },
      'the carrier does not answer: sending rests, but for one probe in five seconds',
    )
  }

  async function close(): Promise<void> {
    isSpare = false
    logger.info(
      { event: 'breaker-closed', openMs: clock.now() - since },
      'the carrier is called again',
    )
    // At once, so that the other processes can find it out too.
    await giveProbeBack()
  }

  return {
    room: (inFlight) => roomOf(state, inFlight, clock.monotonic()),
    isWide: () => state.window >= most,
    restsUntil: () => (state.isOpen ? probesAt : state.restsUntil),
    isOpen: () => state.isOpen,
    state: () => (state.isOpen ? { kind: 'open', since } : { kind: 'closed' }),

    async takeProbe() {
      const begun = clock.monotonic()
      if (!state.isOpen || begun < probesAt) return false
      // Set before the wait: whoever asks meanwhile, here, gets none.
      probesAt = begun + askAgainMs
      const now = clock.now()
      const taken = await store.leases.take({ name: lease, holder, now, until: now + probeEveryMs })
      if (!taken) return false
      probesAt = begun + probeEveryMs
      holdsProbe = state.isOpen
      if (holdsProbe) return true
      await giveProbeBack()
      return false
    },

    async skipProbe(why) {
      if (!holdsProbe) return
      holdsProbe = false
      if (why === 'worthless') {
        probesAt = clock.monotonic()
        return giveProbeBack()
      }
      idleProbes += 1
      if (idleProbes >= idleProbesToClose) {
        // On trial: the next failure opens it again.
        state = trialFlow()
        return close()
      }
      isSpare = hasTurn()
      // Kept by one who has nothing to ask, it would keep the one from asking who has.
      if (!isSpare) await giveProbeBack()
    },

    lookUps(atMost) {
      if (!state.isOpen) return atMost
      return isSpare ? Math.min(1, atMost) : 0
    },

    async note(sign) {
      const wasOpen = state.isOpen
      state = afterSign(state, sign, { most, now: clock.monotonic(), random: random() })
      holdsProbe = false
      isSpare = false
      if (state.isOpen && !wasOpen) open()
      if (!state.isOpen && wasOpen) await close()
    },
  }
}
