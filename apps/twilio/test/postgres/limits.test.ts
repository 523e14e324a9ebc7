import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { after, describe, it } from 'node:test'
import { openPostgres } from '../../src/storage/engines/postgres.ts'
import { openFor } from '../storage/samples.ts'
import { testProgram } from '../test-program.ts'
import type { Order } from './sender-process.ts'
import { startPostgres } from './server.ts'

interface Answer {
  kinds: Record<string, number>
  accepted: Record<string, number>
  ms: number
}

const postgres = await startPostgres()
const senders = Array.from({ length: 4 }, startSender)
for (const one of senders) assert.equal(await one.next(), 'ready')

function startSender() {
  const child: ChildProcess = spawn(
    process.execPath,
    testProgram(import.meta.dirname, 'sender-process.ts'),
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  assert.ok(child.stdout)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    child,
    exited: once(child, 'exit'),
    next: async () => String((await lines.next()).value),
  }
}

/** All four carry it out at the same time; another one gets the head start in each round. */
async function sendTogether(order: Order, round = 0): Promise<Answer[]> {
  for (const i of [0, 1, 2, 3]) {
    senders[(i + round) % 4]?.child.stdin?.write(`${JSON.stringify(order)}\n`)
  }
  return Promise.all(senders.map(async (one) => JSON.parse(await one.next()) as Answer))
}

function sum(numbers: (number | undefined)[]): number {
  return numbers.reduce<number>((total, one) => total + (one ?? 0), 0)
}

describe('limits over four processes on PostgreSQL', () => {
  after(async () => {
    for (const { child } of senders) child.stdin?.end()
    await Promise.all(senders.map(({ exited }) => exited))
  })

  it('let exactly ten of 500 at once through a limit of ten, in every one of 100 rounds', async (t) => {
    const place = postgres.newPlace()
    await openFor(t, async () => openPostgres(place))
    const throttles = { messagesPerPhone: [{ limit: 10, windowSeconds: 3_600 }] }
    const winners = new Set<number>()
    for (let round = 0; round < 100; round++) {
      const toPhone = `+1415555${2000 + round}`
      const order = { place, throttles, apps: 1, sends: 125, rounds: 1, toPhone, texts: ['x'] }
      const answers = await sendTogether(order, round)
      const counts = answers.map(({ kinds }) => kinds['accepted'] ?? 0)
      assert.equal(sum(counts), 10, `round ${round}: ${JSON.stringify(answers)}`)
      assert.equal(sum(answers.map(({ kinds }) => kinds['throttled'])), 490)
      counts.forEach((count, i) => count > 0 && winners.add(i))
    }
    assert.ok(winners.size > 1, 'the processes never met: the test says nothing')
  })

  it('never let more than 1,000 segments through a cap of 1,000, with eight that race', async (t) => {
    const throttles = { segmentsTotal: [{ limit: 1_000, windowSeconds: 3_600 }] }
    // One, two and three segments.
    const texts = [1, 200, 400].map((length) => 'x'.repeat(length))
    for (let round = 0; round < 4; round++) {
      const place = postgres.newPlace()
      await openFor(t, async () => openPostgres(place))
      const toPhone = '+14155552671'
      const order = { place, throttles, apps: 2, sends: 60, rounds: 5, toPhone, texts }
      const answers = await sendTogether(order, round)
      const segments = sum(
        answers.flatMap(({ accepted }) => texts.map((text, i) => (accepted[text] ?? 0) * (i + 1))),
      )
      assert.ok(segments <= 1_000, `${segments} segments`)
      // What lies unused in the blocks of the others is missing for a second at most.
      assert.ok(segments >= 900, `${segments} segments`)
    }
  })
})
