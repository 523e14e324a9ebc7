import { setTimeout as delay } from 'node:timers/promises'
import type { Dice } from '../dice.ts'
import type { Cast } from './cast.ts'
import type { History } from './history.ts'
import type { Mortal } from './mortal.ts'
import type { WireFault } from './wire.ts'

/** What is done to the actors of a run, again and again. */
export type Trouble =
  /** SIGKILL of a worker, on PostgreSQL now and then of the API with it. */
  | { kind: 'kill' }
  /**
   * SIGSTOP of a worker for so long, up to three at a time. `during`: while Twilio has the request;
   * `at-begin`: at the moment of the call, where it may hit the gap between the last look at the clock
   * and the write, which nobody can close.
   */
  | { kind: 'pause'; ms: number; moment: 'during' | 'at-begin' }
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
const mostTries = 20

/** A striker with this trouble in mind. */
export function createStriker(
  { workers, api, wires }: Cast,
  { trouble, dice, history }: { trouble: Trouble; dice: Dice; history: History },
): Striker {
  const cutCalls: CutCall[] = []
  const paused = new Map<Mortal, Promise<void>>()
  const oneOf = <T>(all: readonly T[]): T => {
    const one = all[Math.floor(dice() * all.length)]
    if (one === undefined) throw new Error('nobody to strike at')
    return one
  }
  /** One who waits for Twilio: a moment between two calls would show nothing. */
  async function victimOf(all: readonly Mortal[]): Promise<Mortal> {
    const patience = delay(2_000, undefined, { ref: false })
    const caught = all.map((one) => one.calling().then(() => one))
    return (await Promise.race([patience, ...caught])) ?? oneOf(all)
  }

  async function kill(): Promise<boolean> {
    await delay(dice() * 20)
    const victim = await victimOf(workers)
    const others = victim !== api && dice() < 0.2 ? api.kill() : undefined
    const at = Date.now()
    const cut = await victim.kill()
    await others
    for (const id of cut) cutCalls.push({ id, at })
    return note(victim.name, cut.size > 0)
  }

  async function pause({ ms, moment }: Extract<Trouble, { kind: 'pause' }>): Promise<boolean> {
    while (paused.size >= pausedAtOnce) await Promise.race(paused.values())
    const { victim, openCalls, resume } = await hold(moment)
    const over = delay(ms).then(() => {
      resume()
      paused.delete(victim)
    })
    paused.set(victim, over)
    return note(victim.name, openCalls > 0)
  }

  /** Stops somebody; `during` a call, where that can be had. */
  async function hold(moment: 'during' | 'at-begin') {
    for (let tries = 1; ; tries++) {
      const victim = await victimOf(workers.filter((worker) => !paused.has(worker)))
      if (moment === 'during') await delay(10 + dice() * 40)
      const held = victim.pause()
      if (held.openCalls > 0 || moment === 'at-begin' || tries === mostTries)
        return { victim, ...held }
      // Answered meanwhile.
      held.resume()
    }
  }

  async function stop(restart: () => Promise<void>): Promise<boolean> {
    await delay(dice() * 20)
    await victimOf(workers)
    await restart()
    return note('database', true)
  }

  async function disturb(ms: number): Promise<boolean> {
    const fault = oneOf(faults)
    const wire = oneOf(wires)
    await victimOf(workers)
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
          return kill()
        case 'pause':
          return pause(trouble)
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
