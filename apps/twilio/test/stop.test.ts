import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { createTestApp } from './app.ts'

describe('stopping', () => {
  it('leaves no message in doubt, whenever it comes', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'hsb-stop-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const standings = new Map<string, number>()
    // Each round stops a little later: before, during and after the claim of what was just accepted.
    for (let turns = 0; turns < 40; turns++) {
      const file = join(folder, `${turns}.db`)
      const test = await createTestApp(t, {
        config: {
          database: `file:${file}`,
          worker: 'background',
          delivery: { concurrency: 1, idlePollMs: 1_000 },
        },
      })
      const sends = Array.from({ length: 8 }, (_, i) =>
        test.app.messages.send({ toPhone: '+14155552671', message: `text ${i}` }),
      )
      await Promise.all(sends)
      for (let i = 0; i < turns; i++) await (i % 4 === 3 ? new Promise(setImmediate) : undefined)
      await test.stop()
      const database = new DatabaseSync(file)
      for (const row of database.prepare('select status from sms_log').all()) {
        const status = String(row['status'])
        standings.set(status, (standings.get(status) ?? 0) + 1)
      }
      database.close()
    }
    assert.equal(
      [...standings.values()].reduce((sum, n) => sum + n, 0),
      40 * 8,
    )
    assert.equal(standings.get('SENDING'), undefined, JSON.stringify([...standings]))
    assert.equal(standings.get('IN_DOUBT'), undefined)
    assert.ok((standings.get('QUEUED') ?? 0) > 0, 'some were given back')
    assert.ok((standings.get('ACCEPTED') ?? 0) > 0, 'some had been sent')
  })
})
