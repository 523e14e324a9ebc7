import type { Logger } from '../domain/log.ts'
import { type Clock, type Instant, noTimer } from '../domain/time.ts'
import { beatEveryMs } from '../domain/worker.ts'
import type { Store } from '../storage/store.ts'

/** This process among the others that share its database. */
export interface Presence {
  /** Registers it, and gives signs of life until `leave`. */
  enter(): void
  /** Takes it off the list and ends its turn. Never rejects: where that fails, the others notice. */
  leave(): Promise<void>
  /**
   * True for one process at a time: the one whose turn it is to look after everybody's messages. It
   * stays that process until it ends its turn or goes silent.
   */
  hasTurn(): Promise<boolean>
  /** The same, as far as this process knows without asking. */
  isOnTurn(): boolean
  endTurn(): Promise<void>
}

/**
 * Somebody who goes silent in his turn is followed by another one after this time at most: a share of
 * the claims that he would look after, 9 s at the default.
 */
export function turnMsOf(leaseSeconds: number): number {
  return Math.min(9_000, Math.max(500, 300 * leaseSeconds))
}

const turn = 'care'

/** The presence of one process; `machine` is what others shall know it by. */
export function createPresence(parts: {
  settings: { delivery: { leaseSeconds: number } }
  store: Store
  clock: Clock
  logger: Logger
  newId: () => string
  machine: { host: string; pid: number }
  /** Whether a process with this id runs on this machine. */
  isAlive: (pid: number) => boolean
  /** Calls to the carrier at this moment. */
  inFlight: () => number
}): Presence {
  const { store, clock, logger, newId, machine, isAlive, inFlight } = parts
  const turnMs = turnMsOf(parts.settings.delivery.leaseSeconds)
  // Mostly a beat has renewed it by then, with 4 s of 9 left.
  const renewMs = turnMs / 3
  const id = newId()
  let startedAt: Instant = 0
  let turnEnds: Instant = 0
  let isIn = false
  let isHeard = true
  let beating: Promise<void> = Promise.resolve()
  let cancelTimer = noTimer

  async function beat(): Promise<void> {
    const now = clock.now()
    const renews = now < turnEnds
    try {
      // Together: an idle server writes once in five seconds.
      const renewed = await store.transaction(async (tables) => {
        const record = { id, ...machine, inFlight: inFlight(), startedAt, beatAt: now }
        await tables.workers.beat(record)
        return renews && tables.leases.take({ name: turn, holder: id, now, until: now + turnMs })
      })
      if (renews) turnEnds = renewed ? now + turnMs : 0
      isHeard = true
    } catch (error) {
      if (isHeard) {
        const words = 'this worker could give no sign of life; the next ones are tried in silence'
        logger.warn({ event: 'beat-failed', error: String(error) }, words)
      }
      isHeard = false
    }
  }

  function beatOn(): void {
    beating = beat().then(() => {
      if (isIn) cancelTimer = clock.after(beatEveryMs, beatOn)
    })
  }

  /**
   * Who died on this machine leaves the list, and his turn does not have to run out. Taken for dead
   * wrongly, as behind a wall between two containers of one name, he comes back with his next beat.
   */
  async function buryDead(): Promise<void> {
    for (const { id: other, host, pid } of await store.workers.list()) {
      if (host !== machine.host || pid === machine.pid || isAlive(pid)) continue
      await store.leases.release(turn, other)
      await store.workers.remove(other)
    }
  }

  async function endTurn(): Promise<void> {
    if (turnEnds === 0) return
    turnEnds = 0
    await store.leases.release(turn, id)
  }

  return {
    enter() {
      if (isIn) return
      isIn = true
      startedAt = clock.now()
      beatOn()
      // Where it fails, the turn runs out by itself, and the list is swept.
      beating = beating.then(buryDead).catch(() => undefined)
    },
    async leave() {
      if (!isIn) return
      isIn = false
      cancelTimer()
      await beating
      try {
        await endTurn()
        await store.workers.remove(id)
      } catch (error) {
        const words = 'this worker could not take itself off the list'
        logger.warn({ event: 'leave-failed', error: String(error) }, words)
      }
    },
    async hasTurn() {
      const now = clock.now()
      if (now < turnEnds - renewMs) return true
      const until = now + turnMs
      turnEnds = (await store.leases.take({ name: turn, holder: id, now, until })) ? until : 0
      return turnEnds > 0
    },
    isOnTurn: () => clock.now() < turnEnds,
    endTurn,
  }
}
