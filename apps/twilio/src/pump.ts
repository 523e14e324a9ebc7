import type { Settings } from './config.ts'
import type { Logger } from './domain/log.ts'
import type { Clock } from './domain/time.ts'
import type { ClaimedMessage, Delivery } from './services/delivery.ts'
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

/** In place of a timer or subscription that is not there yet. */
function nothing(): void {}

/** The pump of one process. */
export function createPump(parts: {
  settings: Settings
  store: Store
  delivery: Delivery
  signals: Signals
  clock: Clock
  logger: Logger
}): Pump {
  const { settings, store, delivery, signals, clock, logger } = parts
  const { concurrency, idlePollMs } = settings.delivery
  const inFlight = new Set<Promise<void>>()
  let claimed: ClaimedMessage[] = []
  let running = false
  let claiming = false
  let claim: Promise<ClaimedMessage[]> = Promise.resolve([])
  let wokenMeanwhile = false
  let cancelTimer = nothing
  let unsubscribe = nothing

  function begin(one: ClaimedMessage): void {
    const call = delivery
      .deliver(one)
      // The row stays SENDING and is settled after its lease: nothing is lost by a failed write.
      .catch((error: unknown) =>
        logger.error(
          { event: 'deliver-failed', error: String(error) },
          'an outcome could not be written',
        ),
      )
      .finally(() => {
        inFlight.delete(call)
        void pump()
      })
    inFlight.add(call)
  }

  async function pump(): Promise<void> {
    if (!running) return
    while (inFlight.size < concurrency) {
      const next = claimed.shift()
      if (next === undefined) break
      begin(next)
    }
    if (claimed.length > 0 || inFlight.size >= concurrency) return
    if (claiming) {
      wokenMeanwhile = true
      return
    }
    claiming = true
    wokenMeanwhile = false
    let found = 0
    try {
      const pauseMs = delivery.pausedUntil() - clock.monotonic()
      if (pauseMs > 0) return scheduleIn(pauseMs)
      claim = delivery.claim(2 * concurrency - inFlight.size)
      claimed = await claim
      found = claimed.length
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
    const due = await store.messages.nextDue().catch(() => undefined)
    const waitMs = due === undefined ? idlePollMs : due - clock.now()
    scheduleIn(Math.min(idlePollMs, Math.max(5, waitMs)))
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
      const unbegun = claimed
      claimed = []
      if (unbegun.length > 0) await delivery.release(unbegun)
      return [...inFlight]
    },
    async runDue() {
      let did = 0
      while (delivery.pausedUntil() <= clock.monotonic()) {
        const batch = await delivery.claim(concurrency)
        if (batch.length === 0) break
        await Promise.all(batch.map((one) => delivery.deliver(one)))
        did += batch.length
      }
      return did
    },
  }
}
