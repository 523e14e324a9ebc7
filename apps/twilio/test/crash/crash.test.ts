import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { startPostgres } from '../postgres/server.ts'
import { traps } from './mistakes.ts'
import type { Mutant } from './mutants.ts'
import { everything, profiles } from './profiles.ts'
import { type ChaosReport, type ChaosRun, keepEvidence, runChaos } from './run.ts'
import { runStandstill, type StandstillReport } from './standstill.ts'

const postgres = await startPostgres()
const fourWorkers = () => ({ ...postgres.newPlace(), workers: 4 })
const kill = { kind: 'kill' } as const
// Half a minute on a quiet machine; a busy one shall not make it red.
const patient = { timeout: 600_000 }

/** Runs it and says what came of it. */
async function run(t: TestContext, plan: ChaosRun): Promise<ChaosReport> {
  const report = await runChaos(t, plan)
  const { strikes, effective, doubted, sentAgain, slowestMs } = report.figures
  t.diagnostic(`${effective} of ${strikes} hit a call to Twilio`)
  t.diagnostic(`${doubted} in doubt (slowest ${slowestMs} ms), ${sentAgain} sent again`)
  return report
}

/** In the words of the promises: nothing lost, nothing doubled, nobody left in doubt. */
function assertClean(report: ChaosReport): void {
  const { strikes, effective, unsettled } = report.figures
  if (report.breaches.length > 0) console.error(`left in ${keepEvidence(report)}`)
  assert.deepEqual(report.breaches, [])
  assert.equal(unsettled, 0)
  assert.ok(effective >= 0.9 * strikes, `only ${effective} of ${strikes} hit anything`)
}

/** Two workers stand still at the worst moment, until another one has sent what they hold. */
async function standstill(t: TestContext, mutant?: Mutant): Promise<StandstillReport> {
  const report = await runStandstill(t, { seed: 6, postgres: postgres.newPlace(), mutant })
  const { held, called } = report
  t.diagnostic(`${held.length} held by those who stood still, ${called.length} of them called for`)
  return report
}

describe('an app that is killed while it works', () => {
  const plan = { messages: 2_000, strikes: 25, trouble: kill, profile: everything }

  it('keeps its promises as one process on SQLite', patient, async (t) => {
    const report = await run(t, { ...plan, name: 'gate sqlite', seed: 20_261_122 })
    assertClean(report)
    const { doubted, sentAgain } = report.figures
    assert.ok(doubted > 0 && sentAgain > 0, 'both ends of a doubt have to be among them')
  })

  it('keeps its promises as an API and four workers on PostgreSQL', patient, async (t) => {
    const name = 'gate postgres'
    // Half as many: six processes and a server share the two cores of a small machine.
    const half = { ...plan, messages: 1_000, name }
    const report = await run(t, { ...half, seed: 20_261_123, postgres: fourWorkers() })
    assertClean(report)
  })

  it('loses no callback that came before its own commit', patient, async (t) => {
    // Twilio tells the whole story of a message before it answers the call that made it.
    const early = { kind: 'early-callbacks', times: 'always' } as const
    const slow = { kind: 'slow', after: 'accepting', ms: 300, times: 'always' } as const
    const report = await run(t, {
      name: 'gate early',
      messages: 200,
      strikes: 4,
      // And the one that is killed waits for that answer still.
      trouble: { kind: 'kill', amid: 'told' },
      seed: 3,
      profile: { behaviours: [early, slow], settleAfterSeconds: 1 },
      until: 'DELIVERED',
    })
    assertClean(report)
    const { rows, events } = report.evidence
    const answered = new Set(
      events.flatMap(({ id, status, source }) =>
        status === 'ACCEPTED' && source === 'worker' ? [id] : [],
      ),
    )
    const unanswered = rows.filter((row) => !answered.has(row.id))
    assert.ok(unanswered.length > 0, 'some have to be known by their callbacks alone')
    assert.deepEqual(new Set(rows.map((row) => row.status)), new Set(['DELIVERED']))
  })
})

describe('a worker that stands still for longer than its lease', () => {
  const trouble = { kind: 'pause', ms: 4_000 } as const
  const pauses = {
    messages: 700,
    strikes: 6,
    trouble,
    // Fewer than would have a worker believe, when it wakes up, that Twilio does not answer.
    concurrency: 4,
    // No rest: what a lease has left is asked about at once, while the sleeper still sleeps.
    profile: { ...profiles.normal, settleAfterSeconds: 0 },
  }

  it('sends nothing when it wakes up', patient, async (t) => {
    const name = 'gate pauses'
    assertClean(await run(t, { ...pauses, name, seed: 5, postgres: fourWorkers() }))
  })
})

describe('a worker that stands still between its claim and its call', { concurrency: true }, () => {
  it('sends nothing when it wakes up', patient, async (t) => {
    const { held, sentByOthers, called, left, breaches } = await standstill(t)
    assert.deepEqual(sentByOthers, held)
    assert.deepEqual([called, left, breaches], [[], [], []])
  })

  it('is caught when it does not look at its lease', patient, async (t) => {
    const { held, sentByOthers, called, breaches } = await standstill(t, 'zombie')
    assert.deepEqual(sentByOthers, held)
    assert.deepEqual(called, held)
    assert.ok(breaches.filter(({ rule }) => rule === 'J2').length >= 1, 'no text was doubled')
  })
})

// Without these the tests above could be some that cannot fail.
for (const [where, { plan, mistakes }] of Object.entries(traps)) {
  describe(`where ${where}`, { concurrency: true }, () => {
    it('all is well without a mistake', patient, async (t) => {
      assertClean(await run(t, { ...plan, name: `well, ${where}`, seed: 1 }))
    })

    for (const { name, change, breaks } of mistakes) {
      it(`a mistake is caught: ${name}`, patient, async (t) => {
        const { figures } = await run(t, { ...plan, ...change, name, seed: 1 })
        t.diagnostic(`${figures.lost} lost, ${figures.doubled} doubled`)
        assert.ok(figures[breaks] >= 1, `none ${breaks}`)
      })
    }
  })
}
