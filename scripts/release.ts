import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { pack, packages } from './packages.ts'
import { type Manifest, refusalsOf } from './release-checks.ts'
import { sbomOf } from './sbom.ts'

// What goes out, in one folder: the tarballs in the order in which they are to be published, their
// SHA-512, and what they are made of (CycloneDX). Build first.
//   release.ts --tag v1.2.3 --out FOLDER
const { values } = parseArgs({ options: { tag: { type: 'string' }, out: { type: 'string' } } })
const { tag = '', out = 'release' } = values

const refusals = refusalsOf({
  tag,
  manifests: packages.map(
    (path) => JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Manifest,
  ),
  changelog: readFileSync('CHANGELOG.md', 'utf8'),
  pending: readdirSync('.changeset').filter((name) => name.endsWith('.md') && name !== 'README.md'),
})
for (const refusal of refusals) console.error(refusal)
if (refusals.length > 0) process.exit(1)

mkdirSync(out, { recursive: true })
const packed = packages.map((path) => pack(path, out))
const names = packed.map((one) => basename(one.tarball))
writeFileSync(join(out, 'order.txt'), `${names.join('\n')}\n`)
writeFileSync(
  join(out, 'integrity.txt'),
  packed.map((one, i) => `${one.integrity}  ${names[i] ?? ''}\n`).join(''),
)
for (const [i, { tarball }] of packed.entries()) {
  writeFileSync(tarball.replace(/\.tgz$/, '.cdx.json'), sbomOf(packages[i] ?? '', packed))
}
console.log(names.join('\n'))
