import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely'
import { StorageError } from '../errors.ts'
import type { GroupQuery } from '../statement.ts'
import {
  explainPostgresFailure,
  isConnectionLost,
  isStalePlan,
  mayRunAgain,
} from './postgres-failures.ts'
import { fly, type Leg, type LegResult } from './postgres-flight.ts'
import { inRounds, type Round, touchedOf } from './postgres-groups.ts'
import type { Names } from './postgres-names.ts'
import type { Connections, PostgresClient } from './postgres-pool.ts'

/** How statements are run. `place` names the database in errors. */
export interface PostgresRunner {
  connections: Connections
  names: Names
  place: string
  /** The statements that begin a transaction. */
  begin: readonly string[]
  /** After this long without an answer to a statement the connection is taken for dead; 0 waits for ever. */
  queryTimeoutMs: number
  /** All that is asked while a connection is held, the wait for it included, takes no longer. */
  patienceMs?: number | undefined
}

/** A connection while somebody holds it. What is asked for at the same time goes out together. */
export interface Held extends DatabaseConnection {
  run(query: CompiledQuery | GroupQuery): Promise<QueryResult<unknown>>
  /** Sends it with whatever is asked for next, the commit at the latest; where it fails, that fails. */
  post(query: GroupQuery | CompiledQuery): void
  /** Goes out with the first statement. */
  begin(): void
  commit(): Promise<void>
  rollback(): Promise<void>
  release(): void
}

interface Asked {
  leg: Leg
  resolve(result: LegResult): void
  reject(error: unknown): void
}

// A commit that was asked for late gets this long all the same: cut off, nobody knows what became of it.
const commitMs = 250

// In front of a COMMIT that goes out together with writes: what has become late on the way to the
// server, or waiting for a lock there, must not be written when nobody waits for it any more.
const notLate = `select 1 / (clock_timestamp() < now() + $1::float8 * interval '1 millisecond')::int as ok`

/** Takes a connection for somebody who waits until `until`, on the monotonic clock. */
export function hold(
  client: PostgresClient,
  runner: PostgresRunner,
  until: number | undefined,
): Held {
  const { connections, names, place, begin, queryTimeoutMs } = runner
  let transaction: 'none' | 'open' | 'failed' | 'over' = 'none'
  let isLost = false
  /** Why it failed, for whoever decides whether to run it again. */
  let failure: unknown
  let asked: Asked[] = []
  /** Somebody waits for something of what has not left. */
  let isWanted = false
  let flying: Promise<void> | undefined
  /** The beginning has left. */
  let isBegun = false
  /** How much time was left then. */
  let leftAtBeginMs = 0
  let leastMs = 0
  // A connection may break while nothing is asked over it: without a listener that ends the process.
  const lose = () => {
    isLost = true
  }
  client.on('error', lose)

  function failedBefore(): StorageError {
    const words = `${place}: this transaction has failed or ended before`
    return new StorageError(words, { cause: failure })
  }

  /** How long the server may take for so many answers. */
  function timeLeft(statements: number): number {
    if (until === undefined) return statements * queryTimeoutMs
    const leftMs = Math.ceil(until - performance.now())
    if (leftMs <= 0 && leastMs === 0) throw new StorageError(`${place}: took too long`)
    return Math.max(leftMs, leastMs)
  }

  function explain(error: unknown): unknown {
    if (isConnectionLost(error)) isLost = true
    if (isStalePlan(error)) names.renew()
    if (isTooLate(error)) return new StorageError(`${place}: took too long`, { cause: error })
    return explainPostgresFailure(error, place)
  }

  async function depart(): Promise<void> {
    isWanted = false
    const group = drop()
    // It was taken back in the meantime, and so may be the connection.
    if (group.length === 0) return
    try {
      const timeoutMs = timeLeft(group.length)
      if (transaction === 'open' && !isBegun) {
        isBegun = true
        leftAtBeginMs = timeoutMs
      }
      const legs = group.map((one) => one.leg)
      const results = await fly(client, legs, timeoutMs)
      if (results.length < group.length) throw new StorageError(`${place}: gave too few answers`)
      for (const [i, result] of results.entries()) group[i]?.resolve(result)
    } catch (error) {
      const explained = explain(error)
      if (transaction === 'open') {
        transaction = 'failed'
        failure = error
        group.push(...drop())
      }
      for (const one of group) one.reject(explained)
    }
  }

  function takeOff(): void {
    isWanted = true
    // Whoever asks for several things at once has done so by then.
    flying ??= Promise.resolve().then(async () => {
      while (isWanted) await depart()
      flying = undefined
    })
  }

  function ask(leg: Leg): Promise<LegResult> {
    return new Promise((resolve, reject) => {
      asked.push({ leg, resolve, reject })
      takeOff()
    })
  }

  function put(leg: Leg): void {
    asked.push({ leg, resolve: () => undefined, reject: () => undefined })
  }

  /** What has not left. */
  function drop(): Asked[] {
    const left = asked
    asked = []
    return left
  }

  const prepared = (text: string, values: readonly unknown[] = []): Leg => {
    return { name: names.of(text), text, values }
  }

  function legOf(text: string, values: readonly unknown[]): Leg {
    // Also where a failed statement was swallowed, and where one is still to come after the end.
    if (transaction === 'failed' || transaction === 'over') throw failedBefore()
    // Anything else without values is not asked often enough to be worth a name.
    if (values.length === 0 && !/^\s*select\b/i.test(text)) return { name: undefined, text, values }
    return prepared(text, values)
  }

  async function runRounds(query: GroupQuery, rounds: Round[]): Promise<QueryResult<unknown>> {
    const touched: number[] = []
    const answers = await Promise.all(rounds.map((round) => ask(legOf(query.sql, round.columns))))
    for (const [i, round] of rounds.entries()) {
      for (const [at, count] of touchedOf(round, answers[i]?.rows ?? [])) touched[at] = count
    }
    return { rows: touched.map((count) => ({ touched: count })) }
  }

  /** All or nothing, also where nobody has begun a transaction. */
  async function runGroups(query: GroupQuery): Promise<QueryResult<unknown>> {
    const rounds = inRounds(query)
    if (transaction !== 'none' || rounds.length === 1) return runRounds(query, rounds)
    try {
      return await transactWith(held, () => runRounds(query, rounds))
    } finally {
      transaction = 'none'
      isBegun = false
      leastMs = 0
    }
  }

  async function execute(query: CompiledQuery | GroupQuery): Promise<QueryResult<unknown>> {
    if ('groups' in query) return runGroups(query)
    const { rows, rowCount } = await ask(legOf(query.sql, query.parameters))
    return { rows, numAffectedRows: BigInt(rowCount ?? 0) }
  }

  const held: Held = {
    async run(query) {
      const once = () => execute(query)
      return transaction === 'none' ? once().catch(again(once)) : once()
    },
    async executeQuery<R>(query: CompiledQuery) {
      // What a row looks like is known where the statement is written.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      return (await held.run(query)) as QueryResult<R>
    },
    streamQuery() {
      throw new Error('streaming is not offered: read in pages')
    },
    post(query) {
      if (!('groups' in query)) return put(legOf(query.sql, query.parameters))
      for (const { columns } of inRounds(query)) put(legOf(query.sql, columns))
    },
    begin() {
      transaction = 'open'
      for (const text of begin) put(prepared(text))
    },
    async commit() {
      // The work may have asked for more than it waited for.
      await flying
      if (transaction === 'failed') throw failedBefore()
      // Not begun: what is late by now is not written at all.
      timeLeft(1)
      if (!isBegun && asked.length === begin.length) {
        // Nothing was asked for.
        transaction = 'over'
        asked = []
        return
      }
      if (asked.length > 0 && until !== undefined) {
        leftAtBeginMs = isBegun ? leftAtBeginMs : timeLeft(1)
        put(prepared(notLate, [leftAtBeginMs]))
      }
      isBegun = true
      transaction = 'over'
      leastMs = commitMs
      const { command } = await ask(prepared('commit'))
      // PostgreSQL answers the COMMIT of a failed transaction with a ROLLBACK, not with an error.
      if (command === 'COMMIT') return
      throw new StorageError(`${place}: this transaction was rolled back`)
    },
    async rollback() {
      transaction = 'over'
      for (const one of drop()) one.reject(failedBefore())
      leastMs = commitMs
      // Over a connection that says nothing this would be waited for once more.
      if (isBegun && !isLost) await ask(prepared('rollback')).catch(lose)
    },
    release() {
      transaction = 'over'
      client.removeListener('error', lose)
      connections.release(client, isLost)
    },
  }
  return held
}

/** Begins, does `work` and commits; what fails is rolled back, and rejects. */
export async function transactWith<T>(
  held: Pick<Held, 'begin' | 'commit' | 'rollback'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    held.begin()
    const result = await work()
    await held.commit()
    return result
  } catch (error) {
    await held.rollback()
    throw error
  }
}

/** `notLate` has divided by zero; nothing else of ours divides. */
function isTooLate(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '22012'
}

function again<T>(once: () => Promise<T>): (error: unknown) => Promise<T> {
  return (error) => {
    if (mayRunAgain(error)) return once()
    throw error
  }
}
