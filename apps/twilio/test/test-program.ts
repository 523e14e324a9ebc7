import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..', '..', '..')
// Of `npm test -- --built`: each of them in one file with all that it loads.
const bundle = process.env['HSB_TWILIO_TEST_BUNDLE']

/** For Node: a program that is made for tests, as `name-process.ts` in the folder of its test. */
export function testProgram(...path: string[]): string[] {
  const source = resolve(...path)
  const bundled = bundle && join(bundle, relative(root, source)).replace(/\.ts$/, '.mjs')
  const found = bundled !== undefined && existsSync(bundled) ? bundled : source
  return ['--conditions=source', '--disable-warning=ExperimentalWarning', found]
}
