import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Place } from './actor-process.ts'
import { allSteps } from './crash-points.ts'
import type { Figures } from './figures.ts'
import { createStage, type NightlyRun, partNames, runsOf } from './nightly-parts.ts'
import { startOwnPostgres } from './own-postgres.ts'
import { createBackedSchema } from '../restore/postgres-backed.ts'
import { restoreAmid } from '../restore/restored.ts'
import { createBackedFile } from '../restore/sqlite-backed.ts'
import { runPoints } from './point-run.ts'
import { runStandstill } from './standstill.ts'
import { keepEvidence, runChaos } from './run.ts'

// The crash runs in their full size: npm run test:crash [-- --only kills --match sqlite --seed 7]
//   --only PART    points, restore, standstill, mutants, pauses, stops, wires, takeover, versions, clocks or kills; may be repeated
//   --match TEXT   of a part only the runs with this in their name
//   --scale 0.1    a tenth of everything, to try it out

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    match: { type: 'string', default: '' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    scale: { type: 'string', default: '1' },
  },
})
const known: readonly string[] = ['points', 'restore', 'standstill', ...partNames]
const unknown = values.only?.find((name) => !known.includes(name))
if (unknown !== undefined) throw new Error(`no part "${unknown}": ${known.join(', ')}`)
const isWanted = (part: string) => values.only?.includes(part) ?? true
const [seed, scale] = [Number(values.seed), Number(values.scale)]
console.log(`seed ${seed}: the same again with --seed ${seed}`)

const postgres = await startOwnPostgres()
const table: (Partial<Figures> & { verdict: string })[] = []

/** What is wrong with a run, in words; nothing where it is as it must be. */
function wrongWith({ mustBreak, wrongWith: more }: NightlyRun, figures: Figures): string[] {
  const { strikes, effective, lost, doubled, other, unsettled } = figures
  const idle = effective < 0.9 * strikes ? [`${strikes - effective} strikes hit nothing`] : []
  if (mustBreak) return figures[mustBreak] > 0 ? idle : [...idle, 'the mistake was not found']
  const sums = { lost, doubled, 'otherwise broken': other, unsettled }
  const counted = Object.entries(sums).flatMap(([word, n]) => (n > 0 ? [`${n} ${word}`] : []))
  return [...idle, ...counted, ...[more?.(figures)].filter((words) => words !== undefined)]
}

async function chaos(one: NightlyRun): Promise<void> {
  const stage = createStage(console.log)
  try {
    const report = await runChaos(stage, one.plan)
    const wrong = wrongWith(one, report.figures)
    if (wrong.length > 0) console.log(`left in ${keepEvidence(report)}`)
    table.push({ ...report.figures, verdict: wrong.join(', ') || 'ok' })
    console.log(JSON.stringify(table.at(-1)))
  } finally {
    await stage.clean()
  }
}

/** Twenty-one steps, twelve times, on two databases: 504 lives. */
async function points(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hsb-twilio-points-'))
  const lanes = [1, 2, 3]
  const databases: Record<string, Place[]> = {
    sqlite: lanes.map((n) => ({ kind: 'sqlite', file: join(folder, `${n}.db`) })),
    postgres: lanes.map(() => ({ kind: 'postgres', ...postgres.newPlace() })),
  }
  for (const [database, places] of Object.entries(databases)) {
    if (!`points, ${database}`.includes(values.match)) continue
    const stage = createStage(console.log)
    try {
      const begun = performance.now()
      const runs = Math.max(1, Math.round(12 * scale))
      const report = await runPoints(stage, { steps: allSteps, runs, seed, places })
      const { missed, breaches } = report
      if (breaches.length > 0) console.log(breaches, missed)
      table.push({
        name: `points, ${database}`,
        strikes: report.runs,
        effective: report.runs - missed.length,
        lost: breaches.filter((one) => one.rule === 'J1').length,
        doubled: breaches.filter((one) => one.rule === 'J2').length,
        other: breaches.filter((one) => one.rule !== 'J1' && one.rule !== 'J2').length,
        seconds: Math.round((performance.now() - begun) / 1_000),
        verdict: breaches.length > 0 || missed.length > 0.1 * report.runs ? 'wrong' : 'ok',
      })
    } finally {
      await stage.clean()
    }
  }
  rmSync(folder, { recursive: true })
}

/** Back to a backup that was made amid 10,000 messages. */
async function restore(): Promise<void> {
  for (const database of ['sqlite', 'postgres']) {
    const name = `restore, ${database}`
    if (!name.includes(values.match)) continue
    const stage = createStage(console.log)
    try {
      const begun = performance.now()
      const newPlace = () => postgres.newPlace()
      const backed = database === 'sqlite' ? createBackedFile(stage) : createBackedSchema(newPlace)
      const messages = Math.max(200, Math.round(10_000 * scale))
      const { lost, doubled, unsettled } = await restoreAmid(stage, backed, {
        messages,
        afterRestore: true,
      })
      const seconds = Math.round((performance.now() - begun) / 1_000)
      const verdict = lost + doubled + unsettled > 0 ? 'wrong' : 'ok'
      table.push({ name, messages, lost, doubled, unsettled, seconds, verdict })
    } finally {
      await stage.clean()
    }
  }
}

/** Workers that wake up too late, each time another claim; and those who do not notice. */
async function standstill(): Promise<void> {
  for (const mutant of [undefined, 'zombie'] as const) {
    const name = `standstill, ${mutant ?? 'as it is'}`
    if (!name.includes(values.match)) continue
    for (let i = 0; i < Math.max(1, Math.round(5 * scale)); i++) {
      const stage = createStage(console.log)
      try {
        const place = postgres.newPlace()
        const report = await runStandstill(stage, { seed: seed + i, postgres: place, mutant })
        const { held, sentByOthers, called, left, breaches } = report
        const doubled = breaches.filter(({ rule }) => rule === 'J2').length
        const isRight = mutant ? doubled > 0 : called.length + left.length + breaches.length === 0
        const verdict = isRight && sentByOthers.length === held.length ? 'ok' : 'wrong'
        table.push({ name, strikes: held.length, doubled, verdict })
      } finally {
        await stage.clean()
      }
    }
  }
}

try {
  if (isWanted('points')) await points()
  if (isWanted('standstill')) await standstill()
  if (isWanted('restore')) await restore()
  for (const part of partNames.filter(isWanted)) {
    const stage = createStage(console.log)
    try {
      const runs = runsOf(part, { seed, scale, postgres, stage })
      for (const one of runs) if (one.plan.name.includes(values.match)) await chaos(one)
    } catch (error) {
      // What a part needs may be missing: the others run nevertheless.
      console.log(`${part}: ${error instanceof Error ? error.message : String(error)}`)
      table.push({ name: part, verdict: 'could not be run' })
    } finally {
      await stage.clean()
    }
  }
} finally {
  await postgres.close()
}
console.table(table)
process.exitCode = table.every((row) => row.verdict === 'ok') ? 0 : 1
