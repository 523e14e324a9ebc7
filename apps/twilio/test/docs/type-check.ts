import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../../../../', import.meta.url))

/** Checks the types of these files of a folder as strictly as those of this repository. */
export async function checkTypes(folder: string, files: string): Promise<void> {
  const tsconfig = {
    extends: join(root, 'tsconfig.base.json'),
    compilerOptions: { customConditions: ['source'] },
    include: [files],
  }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
  const tsc = join(root, 'node_modules/.bin/tsc')
  const failure = await promisify(execFile)(tsc, ['-p', folder]).catch(
    (error: { stdout: string }) => error,
  )
  // What it says stands on stdout; stderr and the exit code say nothing.
  assert.ok(!(failure instanceof Error), failure.stdout)
}
