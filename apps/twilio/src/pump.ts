import type { Settings } from './config.ts'
import type { Logger } from './domain/log.ts'
import { type Clock, noTimer } from './domain/time.ts'
import type { ClaimedMessage, Delivery } from './services/delivery.ts'
import type { Flow } from './services/flow.ts'
import type { Pace } from './services/pace.ts'
import type { Signals } from './services/signals.ts'
import type { Store } from './storage/store.ts'

/** What claims due messages and keeps as many calls to the carrier going as are allowed. */
export interface Pump {
  /** Runs until `stop`: woken by new messages, by due times, and by a poll as a fall-back. */
  start(): void
  /** Claims nothing more and gives back what has not begun. Answers the calls still in flight. */
  stop(): Promise<Promise<void>[]>
  /** Delivers everything that is due now; answers how many messages it took. */
  runDue(): Promise<number>
  /** Calls to the carrier at this moment. */
  inFlight(): number
}

/** The pump of one process. */
export function createPump(parts: {
  settings: Settings
  store: Store
  delivery: Delivery
  flow: Flow
  pace: Pace
  signals: Signals
  clock: Clock
  logger: Logger
}): Pump {
  const { settings, store, delivery, flow, pace, signals, clock, logger } = parts
  const { concurrency, idlePollMs } = settings.delivery
  const inFlight = new Set<Promise<void>>()
  let claimed: ClaimedMessage[] = []
  let running = false
  let claiming = false
  let claim: Promise<unknown> = Promise.resolve()
  let wokenMeanwhile = false
  /** The next call is the probe of an open breaker. */
  let isProbe = false
  /** Messages are left that may only be sent alone; the next claim is for one of them. */
  let suspectsWait = false
  /** Such a message is being sent. */
  let isLonely = false
  let cancelTimer = noTimer
  let unsubscribe = noTimer

  function begin(one: ClaimedMessage): Promise<void> {
    isProbe = false
    if (one.isSuspect) isLonely = true
    let cancelDeadline = noTimer
    // A call that never ends must not keep its place for ever. When it does end, that is written still.
    const deadline = new Promise<void>((resolve) => {
      cancelDeadline = clock.after(Math.max(0, one.leaseEnds - clock.monotonic()), resolve)
    })
    const delivered = delivery
      .deliver(one)
      // The row stays SENDING and is settled after its lease: nothing is lost by a failed write.
      .catch((error: unknown) =>
        logger.error(
          { event: 'deliver-failed', messageId: one.message.id, error: String(error) },
          'an outcome could not be written',
        ),
      )
    const call = Promise.race([delivered, deadline]).finally(() => {
      cancelDeadline()
      inFlight.delete(call)
      if (one.isSuspect) isLonely = false
      void pump()
    })
    inFlight.add(call)
    return call
  }

  /** Begins what may begin now. */
  function beginClaimed(): void {
    for (let next = claimed[0]; next !== undefined; next = claimed[0]) {
      if (isLonely || (next.isSuspect && inFlight.size > 0)) return
      if (!isProbe && flow.room(inFlight.size) === 0) return
      claimed = claimed.slice(1)
      void begin(next)
    }
  }

  /** Claims what may be sent now. `found` is how many messages were looked at. */
  async function claimMore(how: {
    ahead: boolean
  }): Promise<{ messages: ClaimedMessage[]; found: number }> {
    const none = { messages: [], found: 0 }
    const busy = inFlight.size
    if (isLonely || (busy > 0 && (suspectsWait || flow.isOpen()))) return none
    const isOpen = flow.isOpen()
    if (isOpen && !(await flow.takeProbe())) return none
    const room = flow.room(busy)
    if (!isOpen && room === 0) return none
    // Ahead of the calls in flight only where what is claimed can be sent soon, and at any time.
    const ahead = how.ahead && flow.isWide() && !pace.isSet
    const limit = ahead ? 2 * concurrency - busy : room
    const request = isOpen ? { limit: 1, alone: true } : { limit, alone: suspectsWait }
    const { messages, found, suspectsWait: areLeft } = await delivery.claim(request)
    suspectsWait = areLeft && !request.alone
    if (isOpen && messages.length === 0) await flow.skipProbe(found > 0 ? 'worthless' : 'nothing')
    return { messages, found }
  }

  /** Instead of what was claimed and may not begin: what may. */
  async function replaceClaimed(): Promise<number> {
    await giveBack()
    if (!running) return 0
    const wasOpen = flow.isOpen()
    const { messages, found } = await claimMore({ ahead: true })
    claimed = messages
    isProbe = wasOpen && messages.length > 0
    return found
  }

  /** Claimed and not to be sent soon: kept longer it would be in doubt without a call. */
  async function giveBack(): Promise<void> {
    const unbegun = claimed
    claimed = []
    isProbe = false
    if (unbegun.length > 0) await delivery.release(unbegun)
  }

  async function pump(): Promise<void> {
    if (!running) return
    beginClaimed()
    if (claiming) {
      wokenMeanwhile = true
      return
    }
    const mustRest = flow.restsUntil() > clock.monotonic() || flow.isOpen()
    if (claimed.length > 0 && !mustRest) return
    claiming = true
    wokenMeanwhile = false
    let found = 0
    try {
      const replacing = replaceClaimed()
      claim = replacing
      found = await replacing
    } catch (error) {
      logger.error({ event: 'claim-failed', error: String(error) }, 'no messages could be claimed')
    } finally {
      claiming = false
    }
    if (found > 0 || wokenMeanwhile) return pump()
    await scheduleNext()
  }

  function scheduleIn(delayMs: number): void {
    cancelTimer()
    if (running) cancelTimer = clock.after(delayMs, () => void pump())
  }

  async function scheduleNext(): Promise<void> {
    const restMs = flow.restsUntil() - clock.monotonic()
    if (restMs > 0) return scheduleIn(restMs)
    // The end of a call goes on from here.
    const waitsForCalls = isLonely || suspectsWait || flow.room(inFlight.size) === 0
    if (inFlight.size > 0 && waitsForCalls) return
    const due = await store.messages.nextDue().catch(() => undefined)
    const waitMs = due === undefined ? idlePollMs : due - clock.now()
    // What is due and was not found just now is somebody else's, or past its end: asking for it again
    // and again would only be in the way.
    scheduleIn(Math.min(idlePollMs, Math.max(waitMs > 0 ? 5 : 50, waitMs)))
  }

  return {
    inFlight: () => inFlight.size,
    start() {
      if (running) return
      running = true
      unsubscribe = signals.onWake(() => void pump())
      void pump()
    },
    async stop() {
      running = false
      unsubscribe()
      cancelTimer()
      // A claim under way still brings messages, and they are in `claimed` when it is over.
      await claim.catch(() => undefined)
      await giveBack()
      return [...inFlight]
    },
    async runDue() {
      let did = 0
      for (;;) {
        const { messages, found } = await claimMore({ ahead: false })
        if (found === 0) return did
        await Promise.all(messages.map(begin))
        did += messages.length
      }
    },
  }
}
