import { writeSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { openSqlite } from '../../src/storage/engines/sqlite.ts'

// Migrates a database file and dies by SIGKILL on the way: migration-process.ts FILE N dies before its
// statement number N, transaction control counted. Without N it lives and says how many there are.

const [file = '', last = 'Infinity'] = process.argv.slice(2)
let statements = 0

/** Every statement is run in one of these ways: the places to stop between any two of them. */
function dieBefore(owner: object, name: string): void {
  const real: unknown = Reflect.get(owner, name)
  if (typeof real !== 'function') throw new Error(`there is no ${name}`)
  Object.defineProperty(owner, name, {
    value(this: unknown, ...values: unknown[]): unknown {
      if (++statements === Number(last)) process.kill(process.pid, 'SIGKILL')
      return Reflect.apply(real, this, values)
    },
  })
}

function prototypeOf(statement: StatementSync): object {
  return Object.getPrototypeOf(statement) as object
}

const database = new DatabaseSync(':memory:')
const statement = prototypeOf(database.prepare('select 1'))
database.close()
dieBefore(DatabaseSync.prototype, 'exec')
for (const name of ['run', 'all', 'get']) dieBefore(statement, name)

const store = openSqlite(file)
await store.migrate()
await store.close()
writeSync(1, String(statements))
