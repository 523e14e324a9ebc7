import type { QueryExecutorProvider, RawBuilder, SchemaModule } from 'kysely'

/** One step of the schema. Frozen once released: it imports no live code, and its file never changes. */
export interface Migration {
  /** Sorts by its number. */
  name: string
  /** Runs inside the transaction that also records it. */
  up(db: MigrationDatabase, engine: MigrationEngine): Promise<void>
}

/** The database without today's table types, which a migration must not know: schema builder and `sql`. */
export interface MigrationDatabase extends QueryExecutorProvider {
  readonly schema: SchemaModule
}

/** What a migration may ask of the engine. May gain members, never lose any. */
export interface MigrationEngine {
  /** Column of an id that counts upwards and is never used twice, primary key included. */
  countingId: RawBuilder<unknown>
  /** Column that holds the transaction of its row. Undefined where ids are in the order of commits. */
  transactionId?: RawBuilder<unknown> | undefined
}
