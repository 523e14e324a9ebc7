import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, describe, it } from 'node:test'
import { openSqlite } from '../../src/storage/engines/sqlite.ts'
import { testProgram } from '../test-program.ts'
import { idsOf } from './samples.ts'

const root = mkdtempSync(join(tmpdir(), 'hsb-twilio-process-'))
after(() => rmSync(root, { recursive: true }))

const program = testProgram(import.meta.dirname, 'store-process.ts')

function startProcess(...args: string[]): ChildProcess {
  const stdio = ['ignore', 'pipe', 'inherit'] as ['ignore', 'pipe', 'inherit']
  return spawn(process.execPath, [...program, ...args], { stdio })
}

function linesOf(child: ChildProcess): AsyncIterable<string> {
  assert.ok(child.stdout)
  return createInterface({ input: child.stdout })
}

describe('several processes on one file', () => {
  it('start together on a new database, and each migration is applied once', async () => {
    const file = join(root, 'together.db')
    const reports = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const child = startProcess('migrate', file)
        const exit = once(child, 'exit')
        const applied: string[] = []
        for await (const line of linesOf(child)) applied.push(...(JSON.parse(line) as string[]))
        assert.deepEqual(await exit, [0, null])
        return applied
      }),
    )
    const store = openSqlite(file)
    const { applied, pending } = await store.migrationStatus()
    await store.close()
    assert.deepEqual(pending, [])
    // Any of them may be overtaken between two migrations.
    assert.deepEqual(reports.flat().toSorted(), applied)
  })
})

describe('a process that is killed', () => {
  it('has kept every message that it acknowledged, in whole groups', async () => {
    const file = join(root, 'killed.db')
    const acknowledged: string[] = []
    const kills = 10
    for (let kill = 0; kill < kills; kill++) {
      const child = startProcess('insert', file, `run${kill}`)
      const exit = once(child, 'exit')
      let seen = 0
      for await (const id of linesOf(child)) {
        acknowledged.push(id)
        // It never ends by itself, so every kill comes while it writes.
        if (++seen === 5 + 37 * kill) child.kill('SIGKILL')
      }
      assert.deepEqual(await exit, [null, 'SIGKILL'])
    }

    const store = openSqlite(file)
    assert.deepEqual(idsOf(await store.messages.findMany(acknowledged)), acknowledged)
    const { waiting } = await store.messages.queueFacts(Number.MAX_SAFE_INTEGER)
    assert.ok(waiting >= acknowledged.length)
    // A group of 16 is there as a whole or not at all, and its events with it.
    assert.equal(waiting % 16, 0)
    for (const id of acknowledged.slice(0, 200))
      assert.equal((await store.events.list(id)).length, 1)
    await store.close()
  })
})

const canTrace = spawnSync('strace', ['true']).status === 0
const leftOut = 'left out: strace is not installed, so nobody has seen the fsync before the 202'

describe('a commit', () => {
  it('is on the disk before it is acknowledged', { skip: !canTrace && leftOut }, () => {
    const trace = join(root, 'trace.txt')
    const syncs = (commits: number) => {
      const file = join(root, `sync${commits}.db`)
      const what = ['-f', '-qq', '-e', 'trace=fsync,fdatasync', '-o', trace]
      const run = [process.execPath, ...program, 'insert', file, 'run', String(commits)]
      assert.equal(spawnSync('strace', [...what, ...run]).status, 0)
      return readFileSync(trace, 'utf8').split('sync(').length - 1
    }
    assert.ok(syncs(40) - syncs(0) >= 40)
  })
})
