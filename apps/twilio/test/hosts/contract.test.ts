import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { cases } from './cases/all.ts'
import { runCase } from './contract.ts'
import { differenceOf } from './differences.ts'
import { makeSeed, type RunningExample, type Seed, startExample } from './example.ts'
import { type HostName, hosts } from './hosts.ts'

const only = process.env['HOSTS']?.split(',')
const names = (Object.keys(hosts) as HostName[]).filter((name) => !only || only.includes(name))

describe('an app mounted in a host', () => {
  let seed: Seed
  const passed: Record<string, number> = {}
  before(async () => {
    seed = await makeSeed()
  })
  after(() => rm(seed.folder, { recursive: true, force: true }))

  for (const name of names) {
    describe(name, () => {
      let host: RunningExample
      before(async () => {
        await hosts[name].prepare?.()
        host = await startExample(hosts[name], seed)
      })

      for (const [number, one] of cases.entries()) {
        it(one.name, async () => {
          await runCase(one, number, host, differenceOf(name, one.name))
          passed[name] = (passed[name] ?? 0) + 1
        })
      }

      after(() => hosts[name].finish?.())

      it('ends on SIGTERM, whatever is connected to it', async () => {
        const { code, signal, ms, words } = await host.stop()
        assert.deepEqual([code, signal], [0, null], words)
        assert.ok(ms < 20_000, `after ${ms} ms`)
      })
    })
  }

  it('answers the same number of cases everywhere, and skips none', () => {
    assert.deepEqual(passed, Object.fromEntries(names.map((name) => [name, cases.length])))
  })
})
