import { globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { parseArgs } from 'node:util'
import { bundle, bundledPath } from './bundle.ts'
import { provideChromium } from './chromium.ts'

// One command for every test of the workspace: `npm test [-- path…]`, and what they need.
//   --slowest 25   says in the end which files took longest
//   --built        programs are started from what `npm run build` has made, not from the sources, and the
//                  tests themselves are bundled first
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { slowest: { type: 'string', default: '0' }, built: { type: 'boolean' } },
})
const major = Number(process.versions.node.split('.')[0])
if (major < 22) {
  console.error(`tests need the pinned Node 24, this is ${process.version}: run them by "npm test"`)
  process.exit(1)
}
const everything = ['libs', 'apps', 'examples', 'bench', 'scripts'].map(
  (room) => `${room}/**/*.test.ts`,
)
const wanted = globSync(positionals.length > 0 ? positionals : everything).toSorted()
if (wanted.length === 0) {
  console.error('no test file has such a name')
  process.exit(1)
}
const needsBrowser = wanted.some((path) => /twilio-pages|\/page\//.test(path))
if (needsBrowser && provideChromium() === undefined) {
  console.error('page tests need Chromium: install it, or name it in CHROMIUM_PATH')
  process.exit(1)
}

// Those that take longest begin first: what is long and begins last has a core to itself in the end.
const long = [
  'crash/crash.test.ts',
  'hosts/contract.test.ts',
  'outage.test.ts',
  'pace.test.ts',
  'partitions/contract.test.ts',
  'postgres/events-app.test.ts',
  'events/processes.test.ts',
  'crash/crash-points.test.ts',
  'docs/readme-code.test.ts',
]
const placeOf = (path: string) => {
  const place = long.findIndex((name) => path.endsWith(`/test/${name}`))
  return place === -1 ? long.length : place
}
const files = wanted.toSorted((a, b) => placeOf(a) - placeOf(b))

// Each file is a process, and many start others: what Node compiles for one serves all the others.
const compiled = mkdtempSync(join(tmpdir(), 'hsb-twilio-compiled-'))
process.env['NODE_COMPILE_CACHE'] = compiled
const folders = [compiled]
const isOurs = (path: string) => /^(?:apps|libs)\//.test(path)
if (values.built) {
  const programs = globSync('apps/twilio/test/**/*-process.ts')
  const folder = await bundle([...files.filter(isOurs), ...programs])
  folders.push(folder)
  process.env['HSB_TWILIO_TEST_BUILT'] = '1'
  process.env['HSB_TWILIO_TEST_BUNDLE'] = folder
}
const [, bundled] = folders
const sources = new Map(
  files.map((path) => [bundled && isOurs(path) ? bundledPath(bundled, path) : resolve(path), path]),
)
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})
process.once('SIGINT', () => process.exit(130))

const durations = new Map<string, number>()
const tests = run({
  files: [...sources.keys()],
  // Much of what takes long is waiting for leases and time-outs of other processes.
  concurrency: 2,
  execArgv: [
    '--conditions=source',
    '--disable-warning=ExperimentalWarning',
    '--enable-source-maps',
    '--import=./scripts/quick-promises.ts',
    '--import=./scripts/leak-guard.ts',
    '--test-timeout=120000',
  ],
})
tests.on('test:fail', ({ todo }) => {
  if (todo === undefined) process.exitCode = 1
})
tests.on('test:summary', ({ file, duration_ms: ms }) => {
  if (file !== undefined) durations.set(sources.get(file) ?? file, ms)
})
tests.once('end', () => {
  const slowest = [...durations].toSorted(([, a], [, b]) => b - a).slice(0, Number(values.slowest))
  for (const [file, ms] of slowest) console.log(`${(ms / 1_000).toFixed(1)} s ${file}`)
})
tests.compose(spec).pipe(process.stdout)
