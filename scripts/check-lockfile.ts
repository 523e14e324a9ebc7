import { readFileSync } from 'node:fs'
import { endByReports, report } from './packages.ts'

// Where everything that an installation here brings comes from: the registry, by its SHA-512.
interface Entry {
  link?: boolean
  resolved?: string
  integrity?: string
}
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  packages: Record<string, Entry>
}
const registry = 'https://registry.npmjs.org/'
const installed = Object.entries(lock.packages).filter(
  ([path, { link }]) => path.includes('node_modules/') && link !== true,
)
const wrong = installed
  .filter(
    ([, { resolved, integrity }]) =>
      !/^sha512-[\w+/]{86}==$/.test(integrity ?? '') ||
      !(resolved ?? registry).startsWith(registry),
  )
  .map(([path, { resolved }]) => `${path} ${resolved ?? ''}`)
report(installed.length > 0 && wrong.length === 0, 'the lockfile is by SHA-512', wrong.join('\n'))

const manifests = Object.keys(lock.packages).filter((path) => !path.includes('node_modules/'))
for (const path of manifests) {
  const file = `${path === '' ? '.' : path}/package.json`
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  // Not those of a host: a range is what they are for.
  const kinds = ['dependencies', 'devDependencies', 'optionalDependencies']
  const loose = kinds
    .flatMap((kind) => Object.entries((manifest[kind] ?? {}) as Record<string, string>))
    .filter(([, version]) => !/^\d+\.\d+\.\d+[\w.-]*$/.test(version))
    .map(([name, version]) => `${name} ${version}`)
  report(loose.length === 0, `${file} names exact versions`, loose.join('\n'))
}
endByReports()
