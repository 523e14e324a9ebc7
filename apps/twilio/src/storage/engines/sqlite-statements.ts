import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** A prepared statement, and whether it answers rows. */
export interface Prepared {
  statement: StatementSync
  answersRows: boolean
}

/** Prepared statements kept. Ours are about 60; the bound is for those that are built as they are needed. */
const mostStatements = 200

/** Prepares each text once, while it is in use. */
export function createStatementCache(database: DatabaseSync): (sql: string) => Prepared {
  const known = new Map<string, Prepared>()
  return (sql) => {
    const found = known.get(sql)
    if (found !== undefined) return found
    const statement = database.prepare(sql)
    const prepared = { statement, answersRows: statement.columns().length > 0 }
    if (known.size >= mostStatements) {
      const [oldest] = known.keys()
      if (oldest !== undefined) known.delete(oldest)
    }
    known.set(sql, prepared)
    return prepared
  }
}
