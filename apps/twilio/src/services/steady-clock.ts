import type { Logger } from '../domain/log.ts'
import type { Clock, Instant } from '../domain/time.ts'

/** A clock that nobody can set. */
export interface SteadyClock extends Clock {
  /**
   * Asks the database for its time, where there is one to ask, and goes on doing so while the clock is
   * used. Never rejects: without an answer time goes on by the monotonic clock.
   */
  follow(): Promise<void>
}

const lookEveryMs = 5_000
/** Two clocks do not drift apart by this much between two looks: one of them was set. */
const stepMs = 5_000
/** Below this a difference is the measurement's own. */
const noiseMs = 50
/** The machine tells its age in whole seconds on some systems. */
const sleepMs = 2_000
/** After a longer round trip nobody knows when the answer was given. */
const slowMs = 1_000

/**
 * Time that flows evenly whatever is done to the clock of the machine: what is due, what is leased and
 * what expires is compared between processes by it. It begins with the time of `clock` and goes on with
 * the monotonic one. Time asleep is added. Where the database has a clock of its own, all processes
 * follow that one, which they share. Else they share the machine's, whose small corrections are
 * followed; when it is set by more than that, this is logged and taken over at the next start.
 */
export function createSteadyClock(parts: {
  clock: Clock
  askDatabase: (() => Promise<Instant>) | undefined
  logger: Logger
}): SteadyClock {
  const { clock, askDatabase, logger } = parts
  const aheadOfMonotonic = () => (clock.uptime?.() ?? 0) - clock.monotonic()
  /** Between the machine's clock and ours. */
  const gapNow = () => clock.now() - (offset + clock.monotonic())

  let offset = clock.now() - clock.monotonic()
  let asleepMs = 0
  let awake = aheadOfMonotonic()
  let lookedAt = clock.monotonic()
  /** The part of it that is known and not followed. */
  let gap = 0
  let following = false
  let knowsDatabase = false
  let asking: Promise<void> | undefined

  function stepped(ms: number, words: string): void {
    logger.warn({ event: 'clock-stepped', seconds: Math.round(ms / 1_000) }, words)
  }

  function addSleep(ms: number): void {
    offset += ms
    // Leases are measured with it, and they go on while this machine sleeps.
    asleepMs += ms
  }

  function look(): void {
    lookedAt = clock.monotonic()
    const slept = aheadOfMonotonic() - awake
    if (clock.uptime !== undefined && slept >= sleepMs) {
      awake += slept
      addSleep(slept)
    }
    if (askDatabase === undefined) return followMachine()
    gap = gapNow()
    if (following) asking ??= followDatabase(askDatabase).finally(() => (asking = undefined))
  }

  function followMachine(): void {
    const moved = gapNow() - gap
    if (Math.abs(moved) < noiseMs) return
    if (Math.abs(moved) < stepMs) {
      offset += moved
      return
    }
    gap += moved
    stepped(moved, 'the clock of this machine was set: that is taken over at the next start')
  }

  async function followDatabase(ask: () => Promise<Instant>): Promise<void> {
    const askedAt = clock.monotonic()
    const told = await ask().catch(() => undefined)
    const tookMs = clock.monotonic() - askedAt
    if (told === undefined || (knowsDatabase && tookMs > slowMs)) return
    const moved = told + tookMs / 2 - (offset + clock.monotonic())
    if (Math.abs(moved) < noiseMs && knowsDatabase) return
    if (Math.abs(moved) >= stepMs && knowsDatabase) {
      stepped(moved, 'the clock of the database was set, or this machine stood still: followed')
    }
    // Standing still looks the same from here, and then the leases of this process have run on.
    if (moved >= stepMs && knowsDatabase) addSleep(moved)
    else offset += moved
    knowsDatabase = true
    gap = gapNow()
  }

  /**
   * The monotonic clock, after a look when it is time for one. A jump of the machine's clock may be the
   * end of a sleep. Every request comes here several times, so each clock is read once.
   */
  function read(): number {
    const monotonic = clock.monotonic()
    const jumped = clock.now() - offset - monotonic - gap
    if (monotonic - lookedAt >= lookEveryMs || Math.abs(jumped) >= stepMs) look()
    return monotonic
  }

  return {
    now() {
      const monotonic = read()
      return Math.floor(offset + monotonic)
    },
    monotonic() {
      const monotonic = read()
      return monotonic + asleepMs
    },
    after: (delayMs, run) => clock.after(delayMs, run),
    async follow() {
      following = true
      look()
      await asking
    },
  }
}
