import type { Settings } from './config.ts'
import type { Logger } from './domain/log.ts'
import { type Clock, noTimer } from './domain/time.ts'
import type { AdminSessions } from './services/admin-sessions.ts'
import type { Doubt } from './services/doubt.ts'
import type { Expiry } from './services/expiry.ts'
import type { Hourly } from './services/hourly.ts'
import type { Presence } from './services/presence.ts'
import type { Reconciliation } from './services/reconciliation.ts'
import type { Retention } from './services/retention.ts'
import type { VerificationExpiry } from './services/verification-events.ts'
import type { Store } from './storage/store.ts'

/** What looks after messages between their calls: ends stale ones, settles doubts, asks about silent ones. */
export interface Care {
  /** Runs regularly until `stop`. */
  start(): void
  /** Begins nothing more. Answers the round that is still running. */
  stop(): Promise<void> | undefined
  /** One round now, if nobody else has the turn; answers how many messages it did something about. */
  run(): Promise<number>
}

/** Counters that are thrown away in one go. */
const sweepBatch = 500
/** A worker that died is listed for so long. */
const rememberWorkerMs = 86_400_000

/** The care of all processes, as one of them does it in its turn. */
export function createCare(parts: {
  settings: Settings
  store: Store
  doubt: Doubt
  expiry: Expiry
  verificationExpiry: VerificationExpiry
  reconciliation: Reconciliation
  presence: Presence
  retention: Retention
  adminSessions: AdminSessions
  hourly: Hourly
  clock: Clock
  logger: Logger
}): Care {
  const { settings, store, doubt, expiry, reconciliation, presence, retention } = parts
  const { verificationExpiry, adminSessions, hourly, clock, logger } = parts
  let running = false
  let round: Promise<void> | undefined
  let cancelTimer = noTimer

  async function run(): Promise<number> {
    // One process does it for all: more of them would ask the carrier twice. They would do no harm,
    // because every step is a conditional statement of its own: so the turn may be lost in the middle
    // of a round, and is not looked at again.
    if (!(await presence.hasTurn())) return 0
    const done = [await expiry.expireDue(), await doubt.settleDue(), await reconciliation.pollDue()]
    done.push(await verificationExpiry.expireDue())
    // Counters that no rule needs any more: left alone, strangers would fill the disk with them.
    await store.throttles.sweep(clock.now(), sweepBatch)
    done.push(await retention.sweep())
    await store.workers.sweep(clock.now() - rememberWorkerMs)
    await adminSessions.sweep()
    done.push(await hourly.count())
    return done.reduce((sum, one) => sum + one, 0)
  }

  function schedule(): void {
    cancelTimer = clock.after(settings.delivery.idlePollMs, () => {
      round = run()
        .then(
          () => undefined,
          (error: unknown) =>
            logger.error(
              { event: 'care-failed', error: String(error) },
              'messages could not be looked after',
            ),
        )
        .finally(() => {
          round = undefined
          if (running) schedule()
        })
    })
  }

  return {
    run,
    start() {
      if (running) return
      running = true
      schedule()
    },
    stop() {
      running = false
      cancelTimer()
      return round
    },
  }
}
