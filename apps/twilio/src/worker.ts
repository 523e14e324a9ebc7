import type { Settings } from './config.ts'
import type { Logger } from './domain/log.ts'
import type { Clock } from './domain/time.ts'
import type { ClaimedMessage, Delivery } from './services/delivery.ts'
import type { Doubt } from './services/doubt.ts'
import type { Expiry } from './services/expiry.ts'
import type { Reconciliation } from './services/reconciliation.ts'
import type { Signals } from './services/signals.ts'
import type { Store } from './storage/store.ts'

/** What takes messages from the database to the carrier and looks after them until they are final. */
export interface Worker {
  /** Runs until `stop`: woken by new messages, by due times, and by a poll as a fall-back. */
  start(): void
  /** Claims nothing more, waits for the calls in flight (at most the grace time), gives the rest back. */
  stop(): Promise<void>
  /** Does everything that is due now and returns: for tests, cron jobs and hosts without long-lived processes. */
  runDue(): Promise<void>
}

/** Counters that are thrown away in one go. */
const sweepBatch = 500

/** In place of a timer or subscription that is not there yet. */
function nothing(): void {}

/** A worker of one process. */
export function createWorker(parts: {
  settings: Settings
  store: Store
  delivery: Delivery
  doubt: Doubt
  expiry: Expiry
  reconciliation: Reconciliation
  signals: Signals
  clock: Clock
  logger: Logger
}): Worker {
  const { settings, store, delivery, doubt, expiry, reconciliation, signals, clock, logger } = parts
  const { concurrency, idlePollMs, graceSeconds } = settings.delivery
  const inFlight = new Set<Promise<void>>()
  let claimed: ClaimedMessage[] = []
  let running = false
  let claiming = false
  let claim: Promise<ClaimedMessage[]> = Promise.resolve([])
  let caring: Promise<void> | undefined
  let wokenMeanwhile = false
  let cancelTimer = nothing
  let cancelCare = nothing
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

  async function care(): Promise<number> {
    const done = [await expiry.expireDue(), await doubt.settleDue(), await reconciliation.pollDue()]
    // Counters that no rule needs any more: left alone, strangers would fill the disk with them.
    await store.throttles.sweep(clock.now(), sweepBatch)
    return done.reduce((sum, one) => sum + one, 0)
  }

  function careRegularly(): void {
    cancelCare = clock.after(idlePollMs, () => {
      caring = care()
        .then(
          () => undefined,
          (error: unknown) =>
            logger.error(
              { event: 'care-failed', error: String(error) },
              'messages could not be looked after',
            ),
        )
        .finally(() => {
          caring = undefined
          if (running) careRegularly()
        })
    })
  }

  return {
    start() {
      if (running) return
      running = true
      unsubscribe = signals.onWake(() => void pump())
      careRegularly()
      void pump()
    },
    async stop() {
      if (!running) return
      running = false
      unsubscribe()
      cancelTimer()
      cancelCare()
      // A claim under way still brings messages, and they are in `claimed` when it is over.
      await claim.catch(() => undefined)
      const unbegun = claimed
      claimed = []
      if (unbegun.length > 0) await delivery.release(unbegun)
      let cancelGrace = nothing
      const grace = new Promise<void>((resolve) => {
        cancelGrace = clock.after(graceSeconds * 1_000, resolve)
      })
      await Promise.race([Promise.all([...inFlight, caring]), grace])
      cancelGrace()
    },
    async runDue() {
      let did: number
      do {
        did = await care()
        while (delivery.pausedUntil() <= clock.monotonic()) {
          const batch = await delivery.claim(concurrency)
          if (batch.length === 0) break
          await Promise.all(batch.map((one) => delivery.deliver(one)))
          did += batch.length
        }
      } while (did > 0)
    },
  }
}
