import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createBatcher } from './batcher.ts'

describe('createBatcher', () => {
  it('runs calls of one turn as one group and answers each its own', async () => {
    const groups: number[][] = []
    const double = createBatcher<number, number>(async (inputs) => {
      groups.push(inputs)
      return inputs.map((n) => n * 2)
    })
    assert.deepEqual(await Promise.all([1, 2, 3].map(double)), [2, 4, 6])
    assert.deepEqual(groups, [[1, 2, 3]])
  })

  it('gathers the next group while one is running, and never makes it larger than allowed', async () => {
    const sizes: number[] = []
    let release = () => {}
    const first = new Promise<void>((resolve) => (release = resolve))
    const run = createBatcher<number, number>(
      async (inputs) => {
        sizes.push(inputs.length)
        if (sizes.length === 1) await first
        return inputs
      },
      { most: 3 },
    )
    const early = run(0)
    await new Promise(setImmediate)
    const late = [1, 2, 3, 4, 5].map(run)
    release()
    await Promise.all([early, ...late])
    assert.deepEqual(sizes, [1, 3, 2])
  })

  it('lets those who have just been answered come along with who has waited for them', async () => {
    const groups: string[][] = []
    const waits = Promise.withResolvers<void>()
    const run = createBatcher<string, string>(async (names) => {
      groups.push(names)
      if (groups.length === 1) await waits.promise
      return names
    })
    // What a client does with an answer reaches us when the turn is over in which he got it.
    const comesAgain = async (name: string) => {
      await run(name)
      for (let i = 0; i < 10; i++) await Promise.resolve()
      await new Promise(setImmediate)
      await run(name)
    }
    const clients = ['a', 'b', 'c'].map(comesAgain)
    await new Promise(setImmediate)
    const late = run('late')
    waits.resolve()
    await Promise.all([...clients, late])
    assert.deepEqual(groups, [
      ['a', 'b', 'c'],
      ['late', 'a', 'b', 'c'],
    ])
  })

  it('fails only the call that is at fault', async () => {
    const run = createBatcher<number, number>(async (inputs) => {
      if (inputs.includes(2)) throw new Error('two')
      return inputs
    })
    const results = await Promise.allSettled([1, 2, 3].map(run))
    assert.deepEqual(
      results.map((result) => result.status),
      ['fulfilled', 'rejected', 'fulfilled'],
    )
  })

  it('lets everybody know at once of a failure that is nobody’s fault', async () => {
    let runs = 0
    const fail = createBatcher<number, number>(
      async () => {
        runs++
        await new Promise(setImmediate)
        throw new Error('away')
      },
      { most: 2, isOutage: () => true },
    )
    const results = await Promise.allSettled([1, 2, 3, 4, 5].map(fail))
    assert.deepEqual(new Set(results.map((result) => result.status)), new Set(['rejected']))
    assert.equal(runs, 1)
    await assert.rejects(fail(6), /away/)
    assert.equal(runs, 2)
  })

  it('rejects a call that its runner forgot, rather than let it wait for ever', async () => {
    const run = createBatcher<number, number>(async () => [])
    await assert.rejects(run(1), /too few/)
  })
})
