import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, it } from 'node:test'
import { openSqlite } from '../../src/storage/engines/sqlite.ts'
import { sqliteDump } from '../../src/storage/schema/dump.ts'
import { testProgram } from '../test-program.ts'

const root = mkdtempSync(join(tmpdir(), 'hsb-twilio-migration-'))
after(() => rmSync(root, { recursive: true }))

const program = testProgram(import.meta.dirname, 'migration-process.ts')
const kills = 12

/** Migrates in a process of its own, which dies before statement `last`. */
function migrate(file: string, last?: number) {
  // The many short lives load the same code.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(root, 'compiled') }
  const args = [...program, file, ...(last === undefined ? [] : [String(last)])]
  const { signal, status, stdout } = spawnSync(process.execPath, args, {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return { signal, status, statements: Number(stdout) }
}

function look(file: string) {
  const database = new DatabaseSync(file)
  try {
    const schema = database
      .prepare(`select type, name, sql from sqlite_schema order by type, name`)
      .all()
    const [check] = database.prepare('pragma integrity_check').all()
    return { schema, tables: schema.map((row) => row['name']), intact: check?.['integrity_check'] }
  } finally {
    database.close()
  }
}

/** The dump that is checked in, in the form in which `look` can be compared with it. */
function squeeze(statements: string[]): string[] {
  return statements.map((one) => one.replaceAll(/[\s;]+/g, '').toLowerCase()).toSorted()
}

/** How it stood, and what was still to be applied. */
async function openAndMigrate(file: string) {
  const store = openSqlite(file)
  try {
    return { report: await store.migrationStatus(), applied: (await store.migrate()).applied }
  } finally {
    await store.close()
  }
}

describe('a migration that is killed', () => {
  it('leaves whole migrations or nothing, and the next start completes it', async (t) => {
    const whole = join(root, 'whole.db')
    const { status, statements } = migrate(whole)
    assert.equal(status, 0)
    const { schema, tables } = look(whole)
    const own = schema.flatMap(({ name, sql }) =>
      sql === null || String(name).startsWith('sqlite_') ? [] : [String(sql)],
    )
    const dump = readFileSync(sqliteDump, 'utf8').split(/;\n/).filter(Boolean)
    assert.deepEqual(squeeze(own), squeeze(dump))
    assert.ok(tables.includes('sms_log'))

    const states = new Set<string>()
    for (let kill = 0; kill < kills; kill++) {
      // Spread over all statements, the first and the last one among them.
      const last = 1 + Math.round((kill * (statements - 1)) / (kills - 1))
      const file = join(root, `killed-${last}.db`)
      assert.equal(migrate(file, last).signal, 'SIGKILL', `before statement ${last}`)
      const left = look(file)
      assert.equal(left.intact, 'ok')
      const { report, applied } = await openAndMigrate(file)
      states.add(JSON.stringify(report))
      // What is recorded is there, and what is there is recorded.
      assert.equal(left.tables.includes('sms_log'), report.applied.length > 0, `at ${last}`)
      assert.deepEqual(applied, report.pending)
      assert.deepEqual(look(file).schema, schema, `at ${last}`)
    }
    t.diagnostic(`${kills} kills over ${statements} statements, ${states.size} states found`)
    assert.ok(states.size >= 2, 'kills before and after the commit have to be among them')
  })
})
