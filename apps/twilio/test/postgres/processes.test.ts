import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { describe, it } from 'node:test'
import { openPostgres } from '../../src/storage/engines/postgres.ts'
import { idsOf, insertMessages, openFor, sampleMessage } from '../storage/samples.ts'
import { testProgram } from '../test-program.ts'
import { startPostgres } from './server.ts'

const postgres = await startPostgres()
const four = Array.from({ length: 4 }, (_, i) => i)

function startProcess(script: string, args: string[]) {
  const program = testProgram(import.meta.dirname, '..', script)
  const child = spawn(process.execPath, [...program, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  return { child, lines: createInterface({ input: child.stdout }), exit: once(child, 'exit') }
}

async function restOf(lines: AsyncIterable<string>): Promise<string[]> {
  const rest: string[] = []
  for await (const line of lines) rest.push(line)
  return rest
}

/** Everything that it says until it ends well. */
async function wordsOf(script: string, ...args: string[]): Promise<string[]> {
  const { lines, exit } = startProcess(script, args)
  const words = await restOf(lines)
  assert.deepEqual(await exit, [0, null])
  return words
}

describe('several processes on one PostgreSQL', () => {
  it('start together on an empty database, and each migration is applied once', async (t) => {
    const place = postgres.newPlace()
    const reports = await Promise.all(
      four.map(() => wordsOf('storage/store-process.ts', 'migrate', JSON.stringify(place))),
    )
    const store = await openFor(t, async () => openPostgres(place))
    const { applied, pending } = await store.migrationStatus()
    assert.deepEqual(pending, [])
    assert.deepEqual(
      reports
        .flat()
        .flatMap((line) => JSON.parse(line) as string[])
        .toSorted(),
      applied,
    )
  })

  it('never claim the same message, and miss none', async (t) => {
    const place = postgres.newPlace()
    const store = await openFor(t, async () => openPostgres(place))
    const ids = Array.from({ length: 2_000 }, (_, i) => `m${10_000 + i}`)
    await insertMessages(
      store,
      ...ids.map((id, i) => sampleMessage({ id, priority: i % 10 === 0 ? 2 : 1 })),
    )
    const rivals = four.map(() =>
      startProcess('storage/store-process.ts', ['claim', JSON.stringify(place)]),
    )
    const answers = rivals.map(({ lines }) => lines[Symbol.asyncIterator]())
    for (const one of answers) assert.equal((await one.next()).value, 'ready')
    for (const { child } of rivals) child.stdin.write('go\n')
    const claims = await Promise.all(answers.map(restOf))
    for (const { exit } of rivals) assert.deepEqual(await exit, [0, null])
    assert.ok(claims.filter((lines) => lines.length > 0).length > 1, 'they never met')
    const claimed = claims.flat().flatMap((line) => line.split(' '))
    assert.deepEqual(claimed.toSorted(), ids)
    assert.deepEqual(
      idsOf(await store.messages.findMany(ids)).filter((id) => !claimed.includes(id)),
      [],
    )
  })

  it('let exactly ten through a limit of ten, in every one of 100 rounds', async (t) => {
    const place = postgres.newPlace()
    await openFor(t, async () => openPostgres(place))
    const rivals = four.map(() => startProcess('rival-process.ts', [JSON.stringify(place)]))
    try {
      const answers = rivals.map(({ lines }) => lines[Symbol.asyncIterator]())
      const next = () => Promise.all(answers.map(async (one) => String((await one.next()).value)))
      assert.deepEqual(new Set(await next()), new Set(['ready']))
      const winners = new Set<number>()
      for (let round = 0; round < 100; round++) {
        // Another one gets the head start each time, so that the places go to more than one process.
        for (const i of four) rivals[(i + round) % 4]?.child.stdin.write(`round ${round}\n`)
        const counts = (await next()).map(Number)
        const sum = counts.reduce((total, count) => total + count, 0)
        assert.equal(sum, 10, `round ${round}: ${counts.join(', ')}`)
        counts.forEach((count, i) => count > 0 && winners.add(i))
      }
      assert.ok(winners.size > 1, 'the processes never met: the test says nothing')
    } finally {
      for (const { child } of rivals) child.stdin.end()
      await Promise.all(rivals.map(({ exit }) => exit))
    }
  })
})

describe('a process that is killed', () => {
  it('has kept every message that it acknowledged, in whole groups', async (t) => {
    const place = postgres.newPlace()
    const store = await openFor(t, async () => openPostgres(place))
    const acknowledged: string[] = []
    for (let kill = 0; kill < 5; kill++) {
      const args = ['insert', JSON.stringify(place), `run${kill}`]
      const { child, lines, exit } = startProcess('storage/store-process.ts', args)
      let seen = 0
      for await (const id of lines) {
        acknowledged.push(id)
        // It never ends by itself, so every kill comes while it writes.
        if (++seen === 5 + 37 * kill) child.kill('SIGKILL')
      }
      assert.deepEqual(await exit, [null, 'SIGKILL'])
    }
    assert.deepEqual(idsOf(await store.messages.findMany(acknowledged)), acknowledged)
    const { waiting } = await store.messages.queueFacts(Number.MAX_SAFE_INTEGER)
    assert.ok(waiting >= acknowledged.length)
    assert.equal(waiting % 16, 0)
  })
})
