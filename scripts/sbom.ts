import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { bundled, type Packed } from './packages.ts'

/**
 * What a package is made of, as CycloneDX: the packages that an installation of it brings, with their
 * SHA-512 and licences, and those whose code is in it. Asked in a project of its own, because npm counts what the workspace needs
 * for development among it, and leaves out what it needs for both.
 */
export function sbomOf(path: string, all: readonly Packed[]): string {
  const ours = new Map(all.map((one) => [one.name, `file:${resolve(one.tarball)}`]))
  const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as {
    name: string
    version: string
    license: string
    description: string
    dependencies: Record<string, string>
    devDependencies?: Record<string, string>
  }
  const { name, version, license, description } = manifest
  const within = (bundled[path] ?? []).map((one): [string, string] => [
    one,
    manifest.devDependencies?.[one] ?? '',
  ])
  const beside = Object.entries(manifest.dependencies)
  const dependencies = Object.fromEntries([
    ...beside.map(([one, wanted]): [string, string] => [one, ours.get(one) ?? wanted]),
    ...within,
  ])
  const root = mkdtempSync(join(tmpdir(), 'hsb-sbom-'))
  // npm names the whole after its folder.
  const folder = join(root, name)
  mkdirSync(folder, { recursive: true })
  const options = { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 2 ** 20 } as const
  try {
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({ name, version, license, description, dependencies }),
    )
    execFileSync('npm', ['install', '--package-lock-only', '--no-audit', '--no-fund'], options)
    const format = ['--package-lock-only', '--sbom-format', 'cyclonedx']
    return execFileSync('npm', ['sbom', ...format], options)
  } finally {
    rmSync(root, { recursive: true })
  }
}
