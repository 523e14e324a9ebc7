import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { type Backed, cutCalls, restoreAmid } from './restored.ts'

/** What must hold on every engine after going back to a backup. */
export function restoreContract(name: string, open: (t: TestContext) => Backed): void {
  describe(`a backup of ${name}, made amid 1,000 messages`, { timeout: 120_000 }, () => {
    it('is gone back to without sending anything twice and without losing anything', async (t) => {
      const came = await restoreAmid(t, open(t), { messages: 1_000, afterRestore: true })
      assert.deepEqual([came.doubled, came.lost, came.unsettled], [0, 0, 0], JSON.stringify(came))
      // Else there was nothing to be seen.
      assert.ok(came.sentMeanwhile > 20 && came.unsent > 20, JSON.stringify(came))
      // Its own doubts are settled as they are.
      const unfinished = came.sentMeanwhile + came.unsent - cutCalls
      assert.ok(came.doubted >= unfinished, JSON.stringify(came))
      t.diagnostic(JSON.stringify(came))
    })

    it('doubles messages where it is not said that it is one', async (t) => {
      const came = await restoreAmid(t, open(t), { messages: 1_000, afterRestore: false })
      assert.ok(came.doubled > 0, JSON.stringify(came))
    })
  })
}
