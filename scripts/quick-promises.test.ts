import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'

/** Runs a test whose body is this, as `npm test` would. */
function runTest(t: TestContext, body: string) {
  const folder = mkdtempSync(join(tmpdir(), 'hsb-test-of-a-test-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'planted.test.mjs')
  const test = `it('planted', async () => { await null; ${body} })`
  writeFileSync(file, `import { it } from 'node:test'\n${test}\n`)
  const guards = ['quick-promises', 'leak-guard'].map((name) => `--import=./scripts/${name}.ts`)
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined }
  return spawnSync(process.execPath, [...guards, file], { encoding: 'utf8', env })
}

describe('a test in which promises are not followed', () => {
  it('passes where all is well', (t) => {
    assert.equal(runTest(t, '').status, 0)
  })

  for (const [what, body] of [
    ['a failure', `throw new Error('planted')`],
    ['a rejection that nobody waits for', `void Promise.reject(new Error('planted'))`],
    ['the same a turn later', `void (async () => { await null; throw new Error('planted') })()`],
    ['an error in a timer', `setTimeout(() => { throw new Error('planted') })`],
  ] as const) {
    it(`fails by ${what}`, (t) => {
      const { status, stdout } = runTest(t, body)
      assert.equal(status, 1)
      assert.match(stdout, /planted/)
    })
  }
})
