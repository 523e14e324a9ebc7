import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { createDesk } from '../cli/desk.ts'
import { runProgram, startProgram, writeConfig } from '../cli/program.ts'
import { freePort } from '../free-port.ts'
import { layCable } from './cable.ts'
import { startPostgres } from './server.ts'

const postgres = await startPostgres()

/** A server whose database is not there yet. */
async function startEarly(t: TestContext, role: string) {
  const cable = await layCable(postgres.url)
  t.after(() => cable.close())
  await cable.cut()
  const { folder, config } = await createDesk(t)
  const database = { ...postgres.newPlace(), url: cable.url }
  const file = await writeConfig(folder, { ...config, database })
  const port = String(await freePort())
  const program = startProgram(t, ['serve', '--role', role, '--port', port, '--config', file])
  await program.line(/"event":"database-away"/)
  const get = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`)
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }
  return { cable, program, get }
}

describe('hsb-twilio serve before its PostgreSQL', () => {
  for (const role of ['all', 'worker']) {
    it(`waits for it and says so, as ${role}`, async (t) => {
      const { cable, program, get } = await startEarly(t, role)
      assert.equal((await get('/livez')).status, 200)
      assert.deepEqual(await get('/readyz'), {
        status: 503,
        body: {
          ready: false,
          checks: { started: false, database: false, queue: false, carrier: true },
        },
      })
      const { status, body } = await get('/api/sms/send/')
      assert.deepEqual([status, body['code']], [503, 'starting'])
      await cable.mend()
      await program.line(/"event":"ready"/)
      assert.equal((await get('/readyz')).status, 200)
      assert.equal(program.stderr().match(/database-away/g)?.length, 1)
      assert.doesNotMatch(program.stderr(), /"level":"error"/)
      program.kill('SIGTERM')
      assert.deepEqual(await program.exited, { code: 0, signal: null })
    })
  }

  it('ends at once when it is told to', async (t) => {
    const { program } = await startEarly(t, 'all')
    program.kill('SIGTERM')
    assert.deepEqual(await program.exited, { code: 0, signal: null })
  })

  it('does not wait for a database that nobody has made', async (t) => {
    const { folder, config } = await createDesk(t)
    const database = postgres.url.replace(/\/\w+$/, '/nowhere')
    const file = await writeConfig(folder, { ...config, database })
    const { code, stderr } = await runProgram(t, ['serve', '--port', '0', '--config', file])
    assert.equal(code, 1)
    assert.match(stderr, /^hsb-twilio: postgres:.*nowhere.*\n$/)
  })
})
