import type { Logger } from '../domain/log.ts'
import type { Settings } from '../config.ts'
import { type Clock, noTimer, waitAtMost } from '../domain/time.ts'
import type { Store } from '../storage/store.ts'
import { turnMsOf } from './presence.ts'
import type { Signals } from './signals.ts'

/** Work that one process at a time does, piece by piece, until there is none left. */
export interface Lane {
  /** Runs until `stop`: after changes in this process, when it asked for it, and by a poll. */
  start(): void
  /** Begins nothing more, waits for what runs for the grace time at most, gives the turn back. */
  stop(): Promise<void>
  /** Pieces of work until nothing is left that is due; answers how much was done. */
  run(): Promise<number>
}

/** What one piece of work came to. */
export interface LaneReport {
  did: number
  /** When there is something to do again at the latest, if that is known. */
  againMs?: number | undefined
}

/** Changes come in bursts, and a transaction beside them may still be open. */
const gatherMs = 20
const restAfterFailureMs = 5_000

/** A lane by its name; `work` does one bounded piece, and less when its signal says so. */
export function createLane(parts: {
  name: string
  /** Who we are among the processes. */
  holder: string
  work: (signal: AbortSignal) => Promise<LaneReport>
  settings: Pick<Settings, 'delivery'>
  store: Pick<Store, 'leases'>
  signals: Signals
  clock: Clock
  logger: Logger
}): Lane {
  const { name, holder, work, settings, signals, clock, logger } = parts
  const { leases } = parts.store
  const { idlePollMs: pollMs, leaseSeconds, graceSeconds } = settings.delivery
  /** How long the turn is somebody's after his last sign of life. */
  const turnMs = turnMsOf(leaseSeconds)
  const renewMs = turnMs / 3
  let turnEnds = -Infinity
  let isRunning = false
  let isStopping = false
  let isHealthy = true
  let abort = new AbortController()
  let last: Promise<unknown> = Promise.resolve()
  let dueAt = Infinity
  let cancelTimer = noTimer
  let unsubscribe = noTimer

  async function takeTurn(): Promise<boolean> {
    const [now, from] = [clock.now(), clock.monotonic()]
    const isOurs = await leases.take({ name, holder, now, until: now + turnMs })
    turnEnds = isOurs ? from + turnMs : -Infinity
    return isOurs
  }

  async function hasTurn(): Promise<boolean> {
    return clock.monotonic() < turnEnds - renewMs || takeTurn()
  }

  /** Keeps the turn while `work` goes on; without it somebody else may begin the same. */
  async function workInTurn(): Promise<LaneReport> {
    if (isStopping || !(await hasTurn())) return { did: 0 }
    const stop = new AbortController()
    abort = stop
    let isOver = false
    let renewing: Promise<void> = Promise.resolve()
    let cancelRenewal = noTimer
    const renewLater = () => {
      cancelRenewal = clock.after(renewMs, () => {
        renewing = takeTurn()
          .catch(() => clock.monotonic() < turnEnds)
          .then((isOurs) => {
            if (!isOurs) stop.abort(new Error('another process has the turn'))
            else if (!isOver) renewLater()
          })
      })
    }
    renewLater()
    try {
      return await work(stop.signal)
    } finally {
      isOver = true
      cancelRenewal()
      await renewing
    }
  }

  /** One piece at a time, whoever asks. */
  function step(): Promise<LaneReport> {
    const next = last.then(workInTurn, workInTurn)
    last = next
    return next
  }

  function schedule(delayMs: number): void {
    const at = clock.monotonic() + delayMs
    if (!isRunning || at >= dueAt) return
    cancelTimer()
    dueAt = at
    cancelTimer = clock.after(delayMs, () => {
      dueAt = Infinity
      void goOn()
    })
  }

  async function goOn(): Promise<void> {
    try {
      const { did, againMs = pollMs } = await step()
      isHealthy = true
      schedule(did > 0 ? 0 : Math.min(againMs, pollMs))
    } catch (error) {
      if (isHealthy) {
        const words = 'events could not be read or handed over; this is tried again in silence'
        logger.error({ event: 'events-failed', lane: name, error: String(error) }, words)
      }
      isHealthy = false
      schedule(restAfterFailureMs)
    }
  }

  return {
    start() {
      if (isRunning) return
      isRunning = true
      isStopping = false
      unsubscribe = signals.onAnyChange(() => schedule(gatherMs))
      schedule(0)
    },
    async stop() {
      isRunning = false
      isStopping = true
      unsubscribe()
      cancelTimer()
      dueAt = Infinity
      const ended = last.catch(() => undefined)
      await waitAtMost(clock, graceSeconds * 1_000, ended)
      abort.abort(new Error('stopped'))
      await ended
      if (turnEnds > -Infinity) await leases.release(name, holder).catch(() => undefined)
      turnEnds = -Infinity
    },
    async run() {
      let all = 0
      for (;;) {
        const { did } = await step()
        all += did
        if (did === 0) break
      }
      // Whoever calls this may not call again for long.
      if (!isRunning && turnEnds > -Infinity) {
        turnEnds = -Infinity
        await leases.release(name, holder)
      }
      return all
    },
  }
}
