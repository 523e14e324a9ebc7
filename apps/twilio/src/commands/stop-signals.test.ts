import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { describe, it } from 'node:test'
import { untilStopped } from './stop-signals.ts'

function createProgram() {
  const emitter = new EventEmitter()
  const exits: number[] = []
  const on = (signal: string, run: () => void) => emitter.on(signal, run)
  return { emitter, exits, program: { on, exit: (code: number) => exits.push(code) } }
}

describe('untilStopped', () => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    it(`names the first signal: ${signal}`, async () => {
      const { emitter, exits, program } = createProgram()
      const stopped = untilStopped(program, () => 0)
      emitter.emit(signal)
      assert.equal(await stopped, signal)
      assert.deepEqual(exits, [])
    })
  }

  it('ends at once with 1 when asked again later', async () => {
    const { emitter, exits, program } = createProgram()
    let now = 1_000
    const stopped = untilStopped(program, () => now)
    emitter.emit('SIGINT')
    await stopped
    now += 501
    emitter.emit('SIGTERM')
    assert.deepEqual(exits, [1])
  })

  it('takes a signal that npm passes on a second time for the same one', async () => {
    const { emitter, exits, program } = createProgram()
    let now = 1_000
    const stopped = untilStopped(program, () => now)
    emitter.emit('SIGINT')
    now += 20
    emitter.emit('SIGINT')
    assert.equal(await stopped, 'SIGINT')
    assert.deepEqual(exits, [])
  })
})
