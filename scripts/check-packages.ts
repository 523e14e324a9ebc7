import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// Each package is packed as npm would publish it and looked at from outside: the list of files, the
// exports (publint), the types as every module resolution sees them (attw).
const packages = ['libs/twilio-sms', 'libs/twilio-simulator', 'apps/twilio']
const allowed = /^(?:dist\/[\w./-]+\.(?:js|d\.ts|json)|README\.md|LICENSE|package\.json)$/
const folder = mkdtempSync(join(tmpdir(), 'hsb-pack-'))
let failures = 0

function run(command: string, args: string[]): boolean {
  const result = spawnSync(join('node_modules/.bin', command), args, { encoding: 'utf8' })
  if (result.status !== 0) console.error(result.stdout + result.stderr)
  return result.status === 0
}

function report(ok: boolean, what: string): void {
  console.log(`${ok ? 'ok' : 'FAILED'}: ${what}`)
  if (!ok) failures++
}

try {
  for (const path of packages) {
    const text = execFileSync(
      'npm',
      ['pack', '--json', '--pack-destination', folder, `./${path}`],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    )
    const output: unknown = JSON.parse(text)
    const [packed] = (Array.isArray(output) ? output : Object.values(output as object)) as {
      filename: string
      files: { path: string }[]
    }[]
    if (!packed) throw new Error(`npm packed nothing for ${path}`)
    const strays = packed.files.map((file) => file.path).filter((file) => !allowed.test(file))
    report(strays.length === 0, `${path} packs ${packed.files.length} files ${strays.join(', ')}`)
    report(run('publint', [path, '--strict']), `${path} exports`)
    const tarball = join(folder, packed.filename.replace('@', '').replace('/', '-'))
    report(run('attw', [tarball, '--profile', 'esm-only']), `${path} types`)
  }
} finally {
  rmSync(folder, { recursive: true })
}
process.exit(failures === 0 ? 0 : 1)
