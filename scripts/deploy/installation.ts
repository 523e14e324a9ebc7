import { execFileSync, type ExecFileSyncOptions } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after } from 'node:test'
import { pack, packages } from '../packages.ts'
import { deployFolder, readDockerfile } from './files.ts'

/**
 * Does what deploy/README.md and the Dockerfile say, in a folder that is gone after the tests: the
 * tarballs are named in package.json, the files are copied, the RUN lines run.
 */
export async function install(): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'hsb-deploy-'))
  after(() => rmSync(root, { recursive: true }))
  const context = join(root, 'context')
  cpSync(deployFolder, context, { recursive: true })
  const tarballs = packages.map((path) => `./${basename(pack(path, context).tarball)}`)
  const quiet: ExecFileSyncOptions = { cwd: context, stdio: ['ignore', 'ignore', 'inherit'] }
  execFileSync('npm', ['install', '--package-lock-only', ...tarballs], quiet)

  const image = join(root, 'app')
  for (const { word, rest } of readDockerfile()) {
    if (word === 'COPY' && !rest.startsWith('--from')) copy(context, image, rest.split(' '))
    if (word === 'RUN') execFileSync('sh', ['-c', rest], { ...quiet, cwd: image })
  }
  return image
}

function copy(from: string, to: string, words: string[]): void {
  for (const name of words.slice(0, -1)) {
    const pattern = new RegExp(`^${name.replaceAll('.', '\\.').replace('*', '.*')}$`)
    const found = readdirSync(from).filter((file) => pattern.test(file))
    if (found.length === 0) throw new Error(`COPY ${name}: there is no such file`)
    for (const file of found) cpSync(join(from, file), join(to, file))
  }
}
