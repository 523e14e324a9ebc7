import { setTimeout as delay } from 'node:timers/promises'
import type { Dice } from '../dice.ts'
import type { Cast } from './cast.ts'
import type { History } from './history.ts'
import type { Held, Mortal } from './mortal.ts'
import type { WireFault } from './wire.ts'
import { type CallKind, createWitness } from './witness.ts'

/** What is done to the actors of a run, again and again. */
export type Trouble =
  /** SIGKILL of a worker, on PostgreSQL now and then of the API with it. `amid`: default any call. */
  | { kind: 'kill'; amid?: CallKind | undefined }
  /**
   * SIGSTOP of a worker for so long amid its calls, up to three at a time. Twilio has all of them: what is
   * stopped between its last look at the clock and the write is sent later, and nobody can close that gap.
   */
  | { kind: 'pause'; ms: number }
  /** The database ends at once and comes back. */
  | { kind: 'stop'; restart: () => Promise<void> }
  /** A fault on the wire to Twilio or to the database. */
  | { kind: 'wire'; ms: number }

/** A call that a kill has cut off. */
export interface CutCall {
  id: string
  /** Wall clock, epoch milliseconds. */
  at: number
}

/** Strikes at a cast. */
export interface Striker {
  /** Once; answers whether that cut something off. */
  strike(): Promise<boolean>
  /** Resolves when nobody is held any more. */
  released(): Promise<void>
  cutCalls: CutCall[]
}

const faults: WireFault[] = ['reset', 'half-open', 'slow']
const pausedAtOnce = 3
// Calls are short: often it is over when its worker stands still.
const mostTries = 100
const patienceMs = 10_000

/** A striker with this trouble in mind. */
export function createStriker(
  cast: Cast,
  { trouble, dice, history }: { trouble: Trouble; dice: Dice; history: History },
): Striker {
  const { workers, api, wires } = cast
  const witness = createWitness(cast, history)
  const cutCalls: CutCall[] = []
  const paused = new Map<Mortal, Promise<void>>()
  const oneOf = <T>(all: readonly T[]): T => {
    const one = all[Math.floor(dice() * all.length)]
    if (one === undefined) throw new Error('nobody to strike at')
    return one
  }
  /** One who waits for Twilio: a moment between two calls would show nothing. */
  async function caller(all: readonly Mortal[]): Promise<Mortal | undefined> {
    const patience = delay(patienceMs, undefined, { ref: false })
    const caught = all.map((one) => one.calling().then(() => one))
    return Promise.race([patience, ...caught])
  }

  /**
   * Stops somebody amid a call of that kind, and looks at him while he stands still: what is struck at a
   * call that is about to end may show nothing.
   */
  async function hold(all: () => Mortal[], amid: CallKind): Promise<{ victim: Mortal } & Held> {
    for (let tries = 1; ; tries++) {
      const caught = await caller(all())
      const victim = caught ?? oneOf(all())
      // At once, when the request has hardly left; or later, when Twilio may have it.
      if (dice() < 0.5) await delay(dice() * 40)
      const held = await victim.hold()
      const isHit = await witness.sees(held.open, amid)
      if (isHit || caught === undefined || tries === mostTries) return { victim, ...held }
      held.resume()
    }
  }

  async function kill(amid: CallKind): Promise<boolean> {
    const { victim } = await hold(() => workers, amid)
    const others = victim !== api && dice() < 0.2 ? api.kill() : undefined
    const at = Date.now()
    const cut = await victim.kill()
    await others
    for (const id of cut) cutCalls.push({ id, at })
    return note(victim.name, cut.size > 0)
  }

  async function pause(ms: number): Promise<boolean> {
    while (paused.size >= pausedAtOnce) await Promise.race(paused.values())
    const free = () => workers.filter((worker) => !paused.has(worker))
    const { victim, open, resume } = await hold(free, 'all-taken')
    const over = delay(ms).then(() => {
      resume()
      paused.delete(victim)
    })
    paused.set(victim, over)
    return note(victim.name, open.size > 0)
  }

  async function stop(restart: () => Promise<void>): Promise<boolean> {
    await delay(dice() * 20)
    await caller(workers)
    await restart()
    return note('database', true)
  }

  async function disturb(ms: number): Promise<boolean> {
    const fault = oneOf(faults)
    const wire = oneOf(wires)
    await caller(workers)
    const hit = await wire.disturb(fault, ms)
    return note(`${fault} ${wires.indexOf(wire) === 0 ? 'database' : 'twilio'}`, hit > 0)
  }

  function note(victim: string, effective: boolean): boolean {
    const what = trouble.kind
    history.note('striker', { kind: 'strike', event: 'ok', what, victim, effective })
    return effective
  }

  return {
    cutCalls,
    async strike() {
      switch (trouble.kind) {
        case 'kill':
          return kill(trouble.amid ?? 'any')
        case 'pause':
          return pause(trouble.ms)
        case 'stop':
          return stop(trouble.restart)
        case 'wire':
          return disturb(trouble.ms)
      }
    },
    async released() {
      await Promise.all(paused.values())
    },
  }
}
