import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createTestClock } from '../test/clock.ts'
import type { LogFields } from './domain/log.ts'
import { createPatience } from './patience.ts'

function createBench(random: number) {
  const clock = createTestClock()
  const stop = new AbortController()
  const logs: LogFields[] = []
  const log = (fields: LogFields) => void logs.push(fields)
  const logger = { debug: log, info: log, warn: log, error: log }
  const patience = createPatience({ clock, random: () => random, logger, signal: stop.signal })
  return { clock, stop, logs, patience }
}

describe('patience', () => {
  for (const [random, waits] of [
    [1, [1, 2, 4, 8, 16, 30, 30, 30]],
    [0, [0.5, 1, 2, 4, 8, 15, 15, 15]],
  ] as const) {
    it(`waits longer each time, to a limit (random ${random})`, async () => {
      const { clock, patience } = createBench(random)
      for (const seconds of waits) {
        let isOver = false
        const waiting = patience.wait('away').then((goesOn) => {
          isOver = true
          return goesOn
        })
        await clock.advance(seconds * 1_000 - 1)
        assert.equal(isOver, false)
        await clock.advance(1)
        assert.equal(await waiting, true)
      }
    })
  }

  it('says why it waits, once a minute', async () => {
    const { clock, logs, patience } = createBench(1)
    for (let waits = 0; waits < 9; waits++) {
      const waiting = patience.wait(new Error(`away ${waits}`))
      await clock.advance(30_000)
      await waiting
    }
    const words = [0, 2, 4, 6, 8].map((waits) => `Error: away ${waits}`)
    assert.deepEqual(
      logs.map(({ error }) => error),
      words,
    )
  })

  it('ends at once when it is told to', async () => {
    const { clock, stop, patience } = createBench(1)
    const waiting = patience.wait('away')
    stop.abort()
    assert.equal(await waiting, false)
    assert.equal(await patience.wait('away'), false)
    assert.equal(clock.pending(), 0)
  })
})
