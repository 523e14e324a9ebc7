import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { provideChromium } from './chromium.ts'

// One command for every test of the workspace: `npm test [-- path…]`, and what they need.
const { positionals } = parseArgs({ allowPositionals: true })
const major = Number(process.versions.node.split('.')[0])
if (major < 22) {
  console.error(`tests need the pinned Node 24, this is ${process.version}: run them by "npm test"`)
  process.exit(1)
}
const everything = ['libs', 'apps', 'examples', 'bench', 'scripts'].map(
  (room) => `${room}/**/*.test.ts`,
)
const wanted = globSync(positionals.length > 0 ? positionals : everything)
const needsBrowser = wanted.some((path) => /twilio-pages|\/page\//.test(path))
if (needsBrowser && provideChromium() === undefined) {
  console.error('page tests need Chromium: install it, or name it in CHROMIUM_PATH')
  process.exit(1)
}
// Each file is a process, and many start others: what Node compiles for one serves all the others.
const compiled = mkdtempSync(join(tmpdir(), 'hsb-twilio-compiled-'))
const run = spawnSync(
  process.execPath,
  [
    '--conditions=source',
    '--disable-warning=ExperimentalWarning',
    '--import=./scripts/leak-guard.ts',
    '--test',
    '--test-timeout=120000',
    // Much of what takes long is waiting for leases and time-outs of other processes.
    '--test-concurrency=2',
    ...(positionals.length > 0 ? positionals : everything),
  ],
  { stdio: 'inherit', env: { ...process.env, NODE_COMPILE_CACHE: compiled } },
)
rmSync(compiled, { recursive: true, force: true })
process.exit(run.status ?? 1)
