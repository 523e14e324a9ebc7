import { realpathSync } from 'node:fs'
import { SqliteQueryCompiler } from 'kysely'
import { JoinError } from '../errors.ts'
import type { Session } from '../statement.ts'
import type { Joined } from '../store.ts'
import type { Engine } from './engine.ts'
import { type HostConnection, readTransaction } from './host-transaction.ts'
import { createJoinedSession } from './joined-dialect.ts'

/** Lets `work` write inside a transaction of the host's on our own file. */
export async function joinSqlite<T>(
  transaction: unknown,
  {
    engine,
    file,
    whileIdle,
  }: {
    engine: Engine
    file: string | undefined
    whileIdle: <R>(work: () => Promise<R>) => Promise<R>
  },
  work: (session: Session) => Promise<T>,
): Promise<Joined<T>> {
  const host = readTransaction(transaction)
  // A synchronous client stands still until it gets the lock, and this whole process with it: it must
  // not be one of our own transactions that it waits for.
  await whileIdle(() => admit(host, file))
  const session = createJoinedSession({
    engine,
    compiler: new SqliteQueryCompiler(),
    run: (text, values) => host.run(text, values),
    async runGroups({ sql, groups }) {
      const touched: number[] = []
      for (const values of groups) {
        touched.push((await host.run(`${sql} returning 1 as touched`, values)).length)
      }
      return touched
    },
  })
  const { isOpen } = host
  const end: Joined<T>['end'] = isOpen ? { kind: 'asked', isOpen } : { kind: 'unknown' }
  // A statement that fails leaves the transaction of SQLite as it is: also where the host goes on after
  // it there must be all of a message or nothing.
  await host.command('savepoint sms_send')
  try {
    const result = await work(session)
    await host.command('release sms_send')
    return { result, end }
  } catch (error) {
    // Some failures, such as a full disk, have ended the whole transaction already.
    await host
      .command('rollback to sms_send')
      .then(() => host.command('release sms_send'))
      .catch(() => undefined)
    throw error
  }
}

async function admit(host: HostConnection, file: string | undefined): Promise<void> {
  if (host.dialect !== 'sqlite' && host.dialect !== undefined) {
    throw new JoinError(
      'other-database',
      'the app keeps its tables in SQLite, this is another kind',
    )
  }
  if (!(await isInside(host))) {
    throw new JoinError('no-transaction', 'this connection is not inside a transaction')
  }
  try {
    // Changes nothing, and takes the lock for writing. Where the host has only said BEGIN, whatever was
    // read before it would be a reason to refuse the lock once another connection has written.
    await host.command('update sms_migration set name = name where false')
  } catch (error) {
    if (!/no such table/i.test(String(error))) throw error
    throw new JoinError('no-tables', 'the database of this transaction has no tables of ours', {
      cause: error,
    })
  }
  // Tables of the same name in another file: nobody would ever send what is written there.
  if (host.file !== undefined && (file === undefined || !isSame(host.file, file))) {
    throw new JoinError('other-database', `this transaction is on ${host.file}, our tables are not`)
  }
}

/** A driver that does not tell is asked to begin: inside a transaction that fails and changes nothing. */
async function isInside(host: HostConnection): Promise<boolean> {
  if (host.isOpen) return host.isOpen()
  try {
    await host.command('begin')
  } catch (error) {
    if (/within a transaction/i.test(String(error))) return true
    throw error
  }
  await host.command('rollback')
  return false
}

function isSame(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other)
  } catch {
    return false
  }
}
