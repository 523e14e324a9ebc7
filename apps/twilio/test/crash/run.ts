import { mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rankOf } from '../../src/domain/message.ts'
import { createDice } from '../dice.ts'
import { assemble, type Casting, type Stage } from './cast.ts'
import { type Breach, type Evidence, judge } from './checker.ts'
import { type Figures, figuresOf } from './figures.ts'
import { createHistory } from './history.ts'
import { openLedger } from './ledger.ts'
import { messagesPerPhone, postAll } from './posts.ts'
import type { Profile } from './profiles.ts'
import { comeToRest } from './rest.ts'
import { spreadStrikes } from './spread.ts'
import { createStriker, type Trouble } from './strikes.ts'

/** Clients post messages while something goes wrong again and again. */
export interface ChaosRun extends Pick<
  Casting,
  'postgres' | 'wired' | 'mutant' | 'former' | 'clocks' | 'concurrency'
> {
  name: string
  messages: number
  strikes: number
  trouble: Trouble
  seed: number
  profile: Profile
  /** Default 2: longer than a call may take even on a machine that has a lot to do. */
  leaseSeconds?: number | undefined
  /** The status in which a message is left alone. Default: whatever Twilio has said yes to. */
  until?: 'ACCEPTED' | 'DELIVERED' | undefined
}

/** What is left when everything has come to rest. */
export interface ChaosReport {
  figures: Figures
  breaches: Breach[]
  evidence: Evidence
}

const shortestLease = 2

/** Runs it to the end and judges it. Everything it starts is closed with the stage. */
export async function runChaos(stage: Stage, run: ChaosRun): Promise<ChaosReport> {
  stage.diagnostic(`${run.name}, seed ${run.seed}`)
  const begun = performance.now()
  const dice = createDice(run.seed)
  const history = createHistory()
  const { leaseSeconds = shortestLease } = run
  const casting = { ...run, ...run.profile, leaseSeconds, messagesPerPhone }
  const cast = await assemble(stage, casting, history)
  const striker = createStriker(cast, { ...run, dice, history })
  const spread = spreadStrikes({ ...run, dice, strike: () => striker.strike() })
  const onAccepted = () => spread.accepted()
  const isEnough = () => spread.isFinished()
  await postAll(stage, cast, { ...run, dice, history, onAccepted, isEnough })
  await spread.finished()
  await striker.released()
  const ledger = openLedger(cast.place)
  const unsettled = await comeToRest(ledger, rankOf[run.until ?? 'ACCEPTED'])
  const evidence: Evidence = {
    ...(await ledger.read()),
    history: history.entries(),
    accepts: await cast.twilio.accepts(),
    rules: { settleAfterSeconds: run.profile.settleAfterSeconds, messagesPerPhone },
  }
  const breaches = judge(evidence)
  const seconds = Math.round((performance.now() - begun) / 1_000)
  const { cutCalls } = striker
  const told = { ...run, ...spread.counts(), breaches, cutCalls, unsettled, seconds }
  return { figures: figuresOf(evidence, pick(told)), breaches, evidence }
}

/** Only what the figures tell: not the whole plan of the run. */
function pick(told: Parameters<typeof figuresOf>[1]): Parameters<typeof figuresOf>[1] {
  const { name, seed, messages, strikes, effective, unsettled, seconds } = told
  const { breaches, cutCalls } = told
  return { name, seed, messages, strikes, effective, unsettled, seconds, breaches, cutCalls }
}

/** Keeps what a red run has left, to be looked at; answers the folder. */
export function keepEvidence({ evidence, breaches, figures }: ChaosReport): string {
  const { history, ...rest } = evidence
  const folder = join(tmpdir(), 'hsb-twilio-crash-red', `${figures.name}-${figures.seed}`)
  mkdirSync(folder, { recursive: true })
  const lines = history.map((entry) => JSON.stringify(entry))
  writeFileSync(join(folder, 'history.jsonl'), `${lines.join('\n')}\n`)
  for (const [name, value] of Object.entries({ ...rest, breaches, figures }))
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(value, null, 1))
  return folder
}
