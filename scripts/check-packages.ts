import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import { parseArgs } from 'node:util'
import { bundled, endByReports, pack, packages, report } from './packages.ts'
import listed from './packed-files.json' with { type: 'json' }

// Each package is packed as npm would publish it and looked at from outside: the list of files, what
// would run at an installation, whether packing again gives the same bytes, the exports (publint),
// the types as every module resolution sees them (attw). Build first.
//   --rebuild   builds once more in between: what is published can be made again from its tag
const { values } = parseArgs({ options: { rebuild: { type: 'boolean', default: false } } })
const folder = mkdtempSync(join(tmpdir(), 'hsb-pack-'))

function run(command: string, args: string[]): { ok: boolean; output: string } {
  const result = spawnSync(join('node_modules/.bin', command), args, { encoding: 'utf8' })
  return { ok: result.status === 0, output: result.stdout + result.stderr }
}

/** Names that the bundler made, such as `dist/app-BTcYWUWW.js`: they change with their content. */
const chunk = /^dist\/[\w-]+-[\w-]{8}\.(?:d\.ts|js)$/

/** Files of `dist` that nothing leads to from the named ones. */
function unreached(path: string, files: string[], named: readonly string[]): string[] {
  const reached = new Set(named)
  const todo = named.filter((file) => /\.(?:js|d\.ts)$/.test(file))
  for (let file = todo.pop(); file !== undefined; file = todo.pop()) {
    const text = readFileSync(join(path, file), 'utf8')
    for (const [, target = ''] of text.matchAll(/(?:from|import)\s*\(?\s*["'](\.[^"']+)["']/g)) {
      const place = posix.join(posix.dirname(file), target)
      // Types name each other by the files that they are the types of.
      const next = file.endsWith('.d.ts') ? place.replace(/\.js$/, '.d.ts') : place
      if (reached.has(next) || !files.includes(next)) continue
      reached.add(next)
      todo.push(next)
    }
  }
  return files.filter((file) => !reached.has(file))
}

try {
  const first = packages.map((path) => ({ path, packed: pack(path, folder) }))
  for (const { path, packed } of first) {
    const named = new Map<string, string[]>(Object.entries(listed)).get(packed.name) ?? []
    const missing = named.filter((file) => !packed.files.includes(file))
    const strays = packed.files.filter((file) => !named.includes(file) && !chunk.test(file))
    const idle = unreached(path, packed.files, named)
    const wrong = [...missing, ...strays, ...idle]
    report(wrong.length === 0, `${path} packs ${packed.files.length} files`, wrong.join('\n'))
    const manifest = readFileSync(join(path, 'package.json'), 'utf8')
    report(
      !/"(?:(?:pre|post)?install|prepare|prepack|postpack|prepublish\w*)"/.test(manifest),
      `${path} runs nothing at an installation`,
    )
    for (const name of bundled[path] ?? []) {
      const { version } = JSON.parse(
        readFileSync(join('node_modules', name, 'package.json'), 'utf8'),
      ) as { version: string }
      const licence = readFileSync(join('node_modules', name, 'LICENSE'), 'utf8').trim()
      const told = readFileSync(join(path, 'THIRD-PARTY.md'), 'utf8')
      report(
        told.includes(`## ${name} ${version}\n`) && told.includes(licence),
        `${path} names the licence of ${name}`,
      )
    }
    const lint = run('publint', [path, '--strict'])
    report(lint.ok, `${path} exports`, lint.output)
    const types = run('attw', [packed.tarball, '--profile', 'esm-only'])
    report(types.ok, `${path} types`, types.output)
  }
  if (values.rebuild) spawnSync('npm', ['run', 'build'], { stdio: 'ignore' })
  const again = join(folder, 'again')
  mkdirSync(again)
  for (const { path, packed } of first) {
    const same = pack(path, again).integrity === packed.integrity
    report(same, `${path} packs to the same bytes again${values.rebuild ? ', built anew' : ''}`)
  }
} finally {
  rmSync(folder, { recursive: true })
}
endByReports()
