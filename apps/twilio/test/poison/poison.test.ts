import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createTwilioApp } from '../../src/app.ts'
import { testProgram } from '../test-program.ts'

const program = testProgram(import.meta.dirname, 'poison-process.ts')

/** What 5 in 150 do to their worker. A run of 2,000 is the same with other figures. */
const poison = ['crash', 'crash', 'crash', 'hang', 'throw']
const messages = 150

describe('messages that silence their worker', () => {
  it('harm only themselves: given up after three tries, the others are sent once', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'hsb-twilio-poison-'))
    const file = join(folder, 'sms.db')
    const app = createTwilioApp({
      twilio: {
        accountSid: `AC${'0'.repeat(32)}`,
        authToken: 'not-a-real-token',
        defaultFrom: 'Shop',
      },
      publicUrl: 'https://example.com',
      database: `file:${file}`,
      worker: 'manual',
    })
    await app.start()
    for (let i = 0; i < messages; i++) {
      const kind = i % 30 === 7 ? poison[Math.floor(i / 30)] : 'plain'
      const toPhone = `+1415555${2_000 + i}`
      const sent = await app.messages.send({ toPhone, message: `${kind} ${i}` })
      assert.equal(sent.kind, 'accepted')
    }

    const arrivals: string[] = []
    let starts = 0
    const load = () =>
      spawn(process.execPath, [...program, file], {
        stdio: ['pipe', 'pipe', 'inherit'],
        env: {
          ...process.env,
          NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? join(folder, 'compiled'),
        },
      })
    let worker = load()
    let next = load()
    let over = false
    async function keepAlive(): Promise<void> {
      for (;;) {
        starts++
        createInterface({ input: worker.stdout }).on('line', (line) => arrivals.push(line))
        worker.stdin.write('go\n')
        await once(worker, 'close')
        if (over) return
        worker = next
        next = load()
      }
    }
    const kept = keepAlive()
    const database = new DatabaseSync(file, { readOnly: true })
    t.after(async () => {
      over = true
      worker.kill('SIGKILL')
      const gone = once(next, 'close')
      next.kill('SIGKILL')
      await Promise.all([kept, gone])
      database.close()
      await app.stop()
      rmSync(folder, { recursive: true })
    })
    // Processes are at work on real clocks here, so that all one can do is to look again.
    const open = database.prepare('select count(*) as n from sms_log where status_rank < 4')
    const deadline = performance.now() + 100_000
    while (open.get()?.['n'] !== 0 && performance.now() < deadline) await delay(50)
    over = true
    worker.stdin.end()
    await kept

    t.diagnostic(`${starts - 1} restarts`)
    const rows = database.prepare('select message, status, attempts, lapses from sms_log').all()
    const poisoned = rows.filter((row) => !String(row['message']).startsWith('plain'))
    assert.equal(poisoned.length, poison.length)
    for (const row of poisoned) {
      assert.deepEqual([row['status'], row['attempts'], row['lapses']], ['FAILED', 3, 3])
    }
    const plain = rows.filter((row) => String(row['message']).startsWith('plain'))
    assert.deepEqual(new Set(plain.map((row) => row['status'])), new Set(['DELIVERED']))
    const expected = plain.map((row) => `sent ${String(row['message'])}`)
    assert.deepEqual(arrivals.toSorted(), expected.toSorted())
    assert.ok(starts - 1 <= 30, `${starts - 1} restarts`)
    const quarantined = database
      .prepare(`select count(*) as n from sms_event where detail like 'quarantined:%'`)
      .get()
    assert.equal(quarantined?.['n'], poison.length)
  })
})
