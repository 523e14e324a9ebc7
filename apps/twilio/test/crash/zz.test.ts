import { it } from 'node:test'
import { runCrashes } from './run.ts'
it('x', async (t) => {
 for (const kills of [0, 1, 4]) {
  const r = await runCrashes(t, { messages: 300, kills, seed: 3, behaviours: [{ kind: 'early-callbacks', times: 'always' }], until: 'DELIVERED' })
  console.log(kills, r.unanswered, r.doubted, r.sentAgain, r.cutSends)
 }
})
