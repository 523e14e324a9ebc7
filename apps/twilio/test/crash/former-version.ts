import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..', '..', '..', '..')
const migrations = 'apps/twilio/src/storage/migrations'

/** The sources of this program as they were before its newest migration. */
export interface FormerVersion {
  commit: string
  /** Its own actor. */
  script: string
}

function git(...args: string[]): Buffer {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: root, maxBuffer: 2 ** 28 })
  if (status !== 0) throw new Error(`git ${args[0]}: ${stderr.toString().trim()}`)
  return stdout
}

/**
 * Takes them out of the history of this checkout, into a folder that is gone with the stage. They run
 * unbuilt, on their own libraries and on the packages that are installed here.
 */
export function takeFormerVersion(stage: { after(clean: () => unknown): void }): FormerVersion {
  const newest = git('log', '-1', '--format=%H', '--diff-filter=A', '--', `${migrations}/0*.ts`)
  const commit = git('rev-parse', `${newest.toString().trim()}^`).toString().trim()
  const folder = mkdtempSync(join(tmpdir(), 'hsb-twilio-former-'))
  stage.after(() => rmSync(folder, { recursive: true }))
  const archive = git('archive', '--format=tar', commit)
  const { status } = spawnSync('tar', ['-x', '-C', folder], { input: archive })
  if (status !== 0) throw new Error('the former version could not be unpacked')

  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, '@hsb'), { recursive: true })
  for (const name of readdirSync(join(root, 'node_modules')))
    if (name !== '@hsb') symlinkSync(join(root, 'node_modules', name), join(modules, name))
  for (const name of ['twilio-sms', 'twilio-simulator'])
    symlinkSync(join(folder, 'libs', name), join(modules, '@hsb', name))
  return { commit, script: join(folder, 'apps/twilio/test/crash/actor-process.ts') }
}
