import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** What is published, in the order in which it must be there. */
export const packages = ['libs/twilio-sms', 'libs/twilio-simulator', 'apps/twilio'] as const

const inPages = ['@preact/signals', '@preact/signals-core', 'preact']

/** Packages of others that the build copies into ours; their licences stand in THIRD-PARTY.md. */
export const bundled: Readonly<Record<string, readonly string[]>> = {
  'apps/twilio': ['kysely', 'libphonenumber-js', 'zod', ...inPages],
  'libs/twilio-simulator': inPages,
}

/** A package as npm would publish it. */
export interface Packed {
  name: string
  version: string
  /** Where the tarball lies. */
  tarball: string
  /** SHA-512 of the tarball. */
  integrity: string
  files: string[]
}

/** Packs one package into a folder, by what its `files` and its build have left. */
export function pack(path: string, folder: string): Packed {
  const text = execFileSync('npm', ['pack', '--json', '--pack-destination', folder, `./${path}`], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const output: unknown = JSON.parse(text)
  const [packed] = (Array.isArray(output) ? output : Object.values(output as object)) as {
    name: string
    version: string
    filename: string
    integrity: string
    files: { path: string }[]
  }[]
  if (!packed) throw new Error(`npm packed nothing for ${path}`)
  const { name, version, filename, integrity } = packed
  const tarball = join(folder, filename.replace('@', '').replace('/', '-'))
  return { name, version, tarball, integrity, files: packed.files.map((file) => file.path) }
}

let failures = 0

/** Says how one check ended, with what it has to say where it failed. */
export function report(ok: boolean, what: string, output = ''): void {
  console.log(`${ok ? 'ok' : 'FAILED'}: ${what}`)
  if (ok) return
  if (output !== '') console.error(output)
  failures++
}

/** Ends the process: 0 where every check passed. */
export function endByReports(): never {
  process.exit(failures === 0 ? 0 : 1)
}
