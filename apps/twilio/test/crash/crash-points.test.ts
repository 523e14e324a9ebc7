import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { startPostgres } from '../postgres/server.ts'
import type { Place } from './actor-process.ts'
import { allSteps } from './crash-points.ts'
import { runPoints } from './point-run.ts'

// Ten seconds on a quiet machine; a busy one shall not make it red.
const patient = { timeout: 600_000 }
const postgres = await startPostgres()

/** At every second step: the other ones are the other database's. All of both is for the night. */
async function die(t: TestContext, first: 0 | 1, places: Place[]): Promise<void> {
  const steps = allSteps.filter((_, i) => i % 2 === first)
  const { missed, breaches } = await runPoints(t, { steps, runs: 1, seed: 9, places })
  assert.deepEqual(missed, [])
  assert.deepEqual(breaches, [])
}

describe('a worker that dies at a step of the way of a message', { concurrency: true }, () => {
  it('leaves nothing lost and nothing doubled on SQLite', patient, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'hsb-twilio-points-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const files = [1, 2, 3].map((n) => join(folder, `${n}.db`))
    await die(
      t,
      0,
      files.map((file) => ({ kind: 'sqlite', file })),
    )
  })

  it('leaves nothing lost and nothing doubled on PostgreSQL', patient, async (t) => {
    const places = [1, 2, 3].map(() => ({ kind: 'postgres' as const, ...postgres.newPlace() }))
    await die(t, 1, places)
  })
})
