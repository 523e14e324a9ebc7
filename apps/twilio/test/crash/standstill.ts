import { setTimeout as delay } from 'node:timers/promises'
import { rankOf } from '../../src/domain/message.ts'
import { assemble, type Cast, type Stage } from './cast.ts'
import { type Breach, judge } from './checker.ts'
import { createClient } from './client.ts'
import { createHistory, type Entry, type History } from './history.ts'
import { openLedger } from './ledger.ts'
import type { Mutant } from './mutants.ts'
import { profiles } from './profiles.ts'
import { becomes, comeToRest } from './rest.ts'
import { createWitness } from './witness.ts'

/** Workers that stop at the worst moment and wake up when others have sent what they held. */
export interface StandstillRun {
  seed: number
  postgres: { url: string; schema: string }
  /** A mistake that the run has to find. */
  mutant?: Mutant | undefined
}

/** What came of it. */
export interface StandstillReport {
  /** Messages that were in the hands of a worker when it stopped. */
  held: string[]
  /** Those among them that the others had sent before it was woken up. */
  sentByOthers: string[]
  /** Those that it called Twilio for when it woke up. */
  called: string[]
  /** Those that it neither called for nor gave back. */
  left: string[]
  breaches: Breach[]
}

const sleepers = 2
const together = 8
const mostMessages = 2_000
// No rest: what a lease has left is asked about at once, while its worker still stands there.
const rules = { settleAfterSeconds: 0 }
// Longer than a chaos run has, for a busy machine: also a call that is a mistake has to get through.
const times = { leaseSeconds: 4, connectTimeoutMs: 2_000 }

type Standstill = Extract<Entry, { kind: 'standstill' }>

/** Runs it to the end and judges it. Everything it starts is closed with the stage. */
export async function runStandstill(stage: Stage, run: StandstillRun): Promise<StandstillReport> {
  const { seed, mutant } = run
  stage.diagnostic(`standstill, seed ${seed}`)
  const history = createHistory()
  const postgres = { ...run.postgres, workers: sleepers }
  const { behaviours } = profiles.normal
  const casting = { ...rules, ...times, behaviours, seed, mutant, postgres, standsStill: true }
  const cast = await assemble(stage, casting, history)
  const held = await postUntilAllStand(stage, cast, history)
  await cast.enlist()
  const ledger = openLedger(cast.place)
  await comeToRest(ledger, rankOf.ACCEPTED)
  const sentByOthers = await createWitness(cast, history).taken(held)
  for (const worker of cast.workers) worker.resume()
  const ends = () => endsOf(cast, history)
  await becomes(() => held.every((id) => ends().has(id)))
  await comeToRest(ledger, rankOf.ACCEPTED)
  const evidence = {
    ...(await ledger.read()),
    history: history.entries(),
    accepts: await cast.twilio.accepts(),
    rules,
  }
  return {
    held,
    sentByOthers,
    called: held.filter((id) => ends().get(id) === 'called'),
    left: held.filter((id) => !ends().has(id)),
    breaches: judge(evidence),
  }
}

/** Nobody else takes a message, so that in the end each of them has some. Answers all that they hold. */
async function postUntilAllStand(stage: Stage, cast: Cast, history: History): Promise<string[]> {
  const stops = cast.workers.map(({ name }) =>
    history.first(
      (entry): entry is Standstill => entry.kind === 'standstill' && isLifeOf(name, entry.actor),
    ),
  )
  const all = Promise.all(stops).then((entries) => entries.flatMap(({ ids }) => ids))
  const client = createClient('client', cast.port, history)
  stage.after(() => client.close())
  for (let n = 0; n < mostMessages; n++) {
    await client.post(`key-${n}`, { to_phone: `+1415555${2_000 + n}`, message: `message ${n}` })
    const held = n % together === 0 ? await Promise.race([all, delay(100)]) : undefined
    if (held !== undefined) return held
  }
  throw new Error('not every worker has claimed something')
}

/** What those who stood still have made of their messages. */
function endsOf({ workers }: Cast, history: History): Map<string, 'called' | 'given-back'> {
  const theirs = (actor: string) => workers.some(({ name }) => isLifeOf(name, actor))
  const ends = new Map<string, 'called' | 'given-back'>()
  for (const entry of history.entries()) {
    if (!theirs(entry.actor)) continue
    if (entry.kind === 'call' && entry.event !== 'invoke') ends.set(entry.id, 'called')
    if (entry.kind === 'given-back') for (const id of entry.ids) ends.set(id, 'given-back')
  }
  return ends
}

const isLifeOf = (name: string, actor: string) => actor.startsWith(`${name}.`)
