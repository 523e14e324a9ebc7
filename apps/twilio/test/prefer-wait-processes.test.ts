import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { createTestApp } from './app.ts'
import { createFolder } from './cli/program.ts'

describe('Prefer: wait over two processes', { timeout: 10_000 }, () => {
  it('notices what the worker of the other one has done', async (t) => {
    const database = `file:${join(await createFolder(t), 'sms.db')}`
    const api = await createTestApp(t, { config: { database } })
    const worker = await createTestApp(t, { config: { database } })
    const sent = await api.app.messages.send({ toPhone: '+14155552671', message: 'x' })
    assert.ok(sent.kind === 'accepted')
    const answers: (string | undefined)[] = []
    const waiting = api.app.messages.whenAnswered(sent.message.id, 20_000).then((message) => {
      answers.push(message?.status)
    })
    await worker.app.runDue()
    for (let ms = 0; ms < 1_000 && answers.length === 0; ms += 200) {
      await api.advance(200)
      for (let turns = 0; turns < 20; turns++) await turn()
    }
    assert.deepEqual(answers, ['ACCEPTED'])
    await waiting
    assert.equal(api.clock.pending(), 0, 'nothing is left behind')
  })
})
