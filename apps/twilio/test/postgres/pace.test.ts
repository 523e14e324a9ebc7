import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { describe, it } from 'node:test'
import { createTwilioApp } from '../../src/app.ts'
import type { TwilioConfig } from '../../src/config.ts'
import { mostIn } from '../fleet.ts'
import { testProgram } from '../test-program.ts'
import { startPostgres } from './server.ts'

const postgres = await startPostgres()
const program = testProgram(import.meta.dirname, '..', 'pace-process.ts')
const senders = { '+12025550103': 3, '+12025550120': 20 }
const plan = { '+12025550103': 12, '+12025550120': 90 }

describe('the pace of senders over four processes on one PostgreSQL', () => {
  it('holds in every second of the real clock', async (t) => {
    const config = {
      twilio: {
        accountSid: `AC${'0'.repeat(32)}`,
        authToken: 'not-a-real-token',
        defaultFrom: 'Shop',
      },
      publicUrl: 'https://example.com',
      database: postgres.newPlace(),
      delivery: { pace: { senders }, idlePollMs: 100 },
    } satisfies TwilioConfig
    const app = createTwilioApp({ ...config, worker: 'manual' })
    await app.start()
    t.after(() => app.stop())
    for (const [fromPhone, count] of Object.entries(plan)) {
      for (let i = 0; i < count; i++) {
        const toPhone = `+1415555${fromPhone.slice(-2)}${String(i).padStart(2, '0')}`
        const sent = await app.messages.send({ toPhone, fromPhone, message: `text ${i}` })
        assert.equal(sent.kind, 'accepted')
      }
    }

    const calls = new Map<string, { at: number; by: number }[]>()
    let left = Object.values(plan).reduce((sum, count) => sum + count, 0)
    const workers = Array.from({ length: 4 }, () =>
      spawn(process.execPath, [...program, JSON.stringify(config)], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    )
    const exits = workers.map((worker) => once(worker, 'exit'))
    const all = new Promise<void>((resolve) => {
      workers.forEach((worker, by) => {
        createInterface({ input: worker.stdout }).on('line', (line) => {
          const [sender = '', nanoseconds = '0'] = line.split(' ')
          const list = calls.get(sender) ?? []
          calls.set(sender, list)
          list.push({ at: Number(BigInt(nanoseconds) / 1_000n) / 1_000, by })
          if (--left === 0) resolve()
        })
      })
    })
    try {
      await all
    } finally {
      for (const worker of workers) worker.stdin.end()
      await Promise.all(exits)
    }

    const busy = new Set<number>()
    for (const [sender, limit] of Object.entries(senders)) {
      const moments = (calls.get(sender) ?? []).toSorted((a, b) => a.at - b.at)
      moments.forEach((one) => busy.add(one.by))
      assert.equal(moments.length, plan[sender as keyof typeof plan])
      const most = mostIn(
        1_000,
        moments.map((one) => one.at),
      )
      assert.ok(most <= limit, `${most} in one second, not ${limit}`)
    }
    assert.ok(busy.size > 1, 'one process did it all: the test says nothing')
  })
})
