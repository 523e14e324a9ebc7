import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import type { Store } from '../../src/storage/store.ts'
import { testProgram } from '../test-program.ts'

const program = testProgram(import.meta.dirname, 'dying-process.ts')

/** What is left of a host that was killed. `place` is what its command line names, and opens it. */
export function killedHostContract(
  name: string,
  open: (t: TestContext) => Promise<{ place: string; store: Store }>,
): void {
  describe(`a host on ${name} that is killed`, { timeout: 60_000 }, () => {
    it('leaves nothing of a transaction that it has not committed, and all of one that it has', async (t) => {
      const { place, store } = await open(t)
      const waiting = async () => (await store.messages.queueFacts(Number.MAX_SAFE_INTEGER)).waiting
      for (const [how, expected] of [
        ['open', 0],
        ['committed', 1],
        ['open', 1],
      ] as const) {
        const child = spawn(process.execPath, [...program, place, how], {
          stdio: ['pipe', 'pipe', 'inherit'],
        })
        const exited = once(child, 'exit')
        const [said] = (await once(child.stdout, 'data')) as [Buffer]
        assert.equal(String(said), 'accepted\n')
        child.kill('SIGKILL')
        assert.deepEqual(await exited, [null, 'SIGKILL'])
        assert.equal(await waiting(), expected, how)
      }
    })
  })
}
