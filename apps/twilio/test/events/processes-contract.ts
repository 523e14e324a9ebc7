import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { describe, it, type TestContext } from 'node:test'
import type { Store } from '../../src/storage/store.ts'
import { insertMessages, sampleEvent, sampleMessage } from '../storage/samples.ts'
import { testProgram } from '../test-program.ts'

/** What a handler said. */
interface Line {
  id: string
  kind: 'begun' | 'ended'
  /** Microseconds of a clock that all processes share. */
  at: number
}

/** Tells of each line of each process. */
const heard = new EventTarget()

/** A process with a consumer: everything that it said, and its end. */
function startConsumer(t: TestContext, database: string, ...more: string[]) {
  const program = testProgram(import.meta.dirname, 'consumer-process.ts')
  const child = spawn(process.execPath, [...program, database, ...more], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exit = once(child, 'exit')
  t.after(async () => {
    child.kill('SIGKILL')
    await exit
  })
  const lines: Line[] = []
  const reader = createInterface({ input: child.stdout })
  const { promise: ready, resolve: tellReady } = Promise.withResolvers<void>()
  reader.on('line', (line) => {
    if (line === 'ready') return tellReady()
    lines.push(JSON.parse(line) as Line)
    heard.dispatchEvent(new Event('line'))
  })
  return {
    lines,
    ready,
    /** Resolves when it has said so many lines. */
    async whenSaid(count: number) {
      while (lines.length < count) await once(heard, 'line')
    },
    async kill() {
      child.kill('SIGKILL')
      await exit
    },
    async stop() {
      child.stdin.end()
      assert.deepEqual(await exit, [0, null])
    },
  }
}

type Consumer = ReturnType<typeof startConsumer>

const ended = (consumers: Consumer[]) =>
  consumers.flatMap(({ lines }) => lines.filter(({ kind }) => kind === 'ended'))

/** Resolves when these consumers together have ended so many different events. */
async function whenEnded(consumers: Consumer[], count: number): Promise<void> {
  while (new Set(ended(consumers).map(({ id }) => id)).size < count) await once(heard, 'line')
}

/** What must hold of consumers in processes; `open` answers a database and how to name it to them. */
export function processesContract(
  engine: string,
  open: (t: TestContext) => Promise<{ store: Store; database: string }>,
): void {
  async function append(store: Store, from: number, to: number): Promise<string[]> {
    const ids = Array.from({ length: to - from }, (_, i) => `m${10_000 + from + i}`)
    await insertMessages(
      store,
      ...ids.map((id) => sampleMessage({ id, status: 'SENT', nextAt: undefined })),
    )
    // Each a transaction of its own, as they come in life.
    for (const id of ids) await store.events.append([sampleEvent({ messageId: id })])
    return ids
  }

  describe(`consumers in processes on ${engine}`, () => {
    it('lose no event when one is killed in the middle of a handler', async (t) => {
      const { store, database } = await open(t)
      // Committed while nobody is there.
      const ids = await append(store, 0, 40)
      const first = startConsumer(t, database, '0', 'm10012')
      await first.whenSaid(2 * 12 + 1)
      await first.kill()
      const last = first.lines.at(-1)
      assert.deepEqual([last?.id, last?.kind], ['m10012', 'begun'])
      ids.push(...(await append(store, 40, 60)))
      const second = startConsumer(t, database)
      await whenEnded([first, second], ids.length)
      assert.deepEqual([...new Set(ended([first, second]).map(({ id }) => id))], ids)
      // What was in hand is handled once more; little else is.
      const again = second.lines.findIndex(({ id }) => id === last?.id)
      assert.notEqual(again, -1)
      await second.stop()
    })

    it('handle each event once, one after another, also while they take turns', async (t) => {
      const { store, database } = await open(t)
      const one = startConsumer(t, database, '1')
      await one.ready
      const rivals = [one, startConsumer(t, database, '1'), startConsumer(t, database, '1')]
      await Promise.all(rivals.map(({ ready }) => ready))
      const ids = await append(store, 0, 30)
      await whenEnded(rivals, ids.length)
      // Whoever has the turn leaves in good order, and somebody else goes on.
      const busy = rivals.find(({ lines }) => lines.length > 0)
      assert.equal(busy?.lines.length, 60)
      await busy.stop()
      ids.push(...(await append(store, 30, 60)))
      await whenEnded(rivals, ids.length)
      const all = rivals.flatMap(({ lines }) => lines).toSorted((a, b) => a.at - b.at)
      const expected = ids.flatMap((id) => [`${id} begun`, `${id} ended`])
      assert.deepEqual(
        all.map(({ id, kind }) => `${id} ${kind}`),
        expected,
      )
      assert.equal(rivals.filter(({ lines }) => lines.length > 0).length, 2)
      await Promise.all(rivals.filter((rival) => rival !== busy).map((rival) => rival.stop()))
    })
  })
}
