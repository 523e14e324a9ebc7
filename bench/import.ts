import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { goOn } from './ending.ts'
import { median } from './table.ts'

const app = fileURLToPath(new URL('../apps/twilio/', import.meta.url))
const built = `${app}dist/index.js`

// Asked for in a process of its own each: what one module has loaded, the next one finds.
const program = `
  const { user, system } = process.cpuUsage(), since = performance.now()
  const [, what] = process.argv
  if (what) await import(what)
  const ms = performance.now() - since, used = process.cpuUsage({ user, system })
  console.log(JSON.stringify({ ms, cpu: (used.user + used.system) / 1000, mib: process.memoryUsage.rss() / 2 ** 20 }))
`

interface Cost {
  ms: number
  cpu: number
  mib: number
}

/** What `import('@hsb/twilio')` costs a host that has nothing else, and what of it each dependency. */
export function measureImport(rounds: number): void {
  const manifest = JSON.parse(readFileSync(`${app}package.json`, 'utf8')) as {
    dependencies: Record<string, string>
  }
  const names = ['', built, ...Object.keys(manifest.dependencies)]
  const costs = new Map<string, Cost[]>(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      goOn()
      costs.get(name)?.push(costOf(name))
    }
  }
  const middle = (name: string, column: keyof Cost) =>
    median((costs.get(name) ?? []).map((cost) => cost[column]))
  const bare = middle('', 'mib')
  console.log(`\nimport in a new process, median of ${rounds} rounds; memory above bare Node`)
  console.log(`${''.padEnd(30)}${'ms'.padStart(8)}${'CPU ms'.padStart(8)}${'MiB'.padStart(8)}`)
  for (const name of names.slice(1)) {
    const cells = [middle(name, 'ms'), middle(name, 'cpu'), middle(name, 'mib') - bare]
    const row = cells.map((cell) => cell.toFixed(0).padStart(8)).join('')
    console.log(`${(name === built ? '@hsb/twilio' : name).padEnd(30)}${row}`)
  }
  console.log(
    '(goal of @hsb/twilio: <= 150 ms, <= 40 MiB; most dependencies share what they load, some are loaded later)',
  )
}

function costOf(name: string): Cost {
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program, name]
  const options = { cwd: app, encoding: 'utf8' as const }
  return JSON.parse(
    execFileSync('taskset', ['-c', '1', process.execPath, ...args], options),
  ) as Cost
}
