import type { RawBuilder } from 'kysely'

/** What SQL text is bound to. */
export type Value = string | number | null

/** Stands for a value that is bound when the statement runs; may be used several times. */
export type Bind<Name extends string> = (name: Name) => RawBuilder<unknown>

/** A statement for many rows: see `groupStatement`. */
export interface GroupPlan<Name extends string> {
  /** The field, named as its column, that tells the given rows apart; undefined where no answer is wanted. */
  key: NoInfer<Name> | undefined
  fields: Readonly<Record<Name, 'text' | 'number'>>
  /** The fields that the statement uses; all by default. */
  columns?: readonly NoInfer<Name>[] | undefined
  /** Those of them that have one value in all rows. */
  alike?: readonly NoInfer<Name>[] | undefined
  /** The statement for the row at hand, in the engine's words. */
  build: (bind: Bind<Name>, words: GroupWords) => RawBuilder<unknown>
}

/** What the engines say differently inside a group statement. */
export interface GroupWords {
  /** What an insert inserts: one value a column. */
  values: (values: readonly RawBuilder<unknown>[]) => RawBuilder<unknown>
  /** Stands between SET and WHERE of an update. */
  from: RawBuilder<unknown>
}

/** What the engines write differently. Everything else in `storage/` is shared by them. */
export interface Engine {
  /** Column of an id that counts upwards and is never used twice. */
  countingId: RawBuilder<unknown>
  /** Column that holds the transaction of its row. Undefined where ids are in the order of commits. */
  transactionId: RawBuilder<unknown> | undefined
  /** How rows of a table with ids are read in the order of their commits. */
  feed: {
    /** The transaction of a row as text; '0' where ids alone tell the order. */
    tx: RawBuilder<unknown>
    /** Behind this place, and nothing can come before it any more. */
    isNext: (place: { tx: RawBuilder<unknown>; id: RawBuilder<unknown> }) => RawBuilder<unknown>
    order: RawBuilder<unknown>
    /** The transaction from which on everything is still to be read, as text. */
    endTx: RawBuilder<unknown>
    /** A transaction of its own as text: whoever comes later has a higher one. */
    ownTx: RawBuilder<unknown>
    /** The id from which on everything is still to be read. */
    endId: (table: RawBuilder<unknown>) => RawBuilder<unknown>
  }
  /** The texts of one JSON array as a subselect with the column `value`, so that a list of any length is one statement. */
  texts(json: RawBuilder<unknown>): RawBuilder<unknown>
  /** Ends a subselect of rows that its statement is about to change. */
  skipLocked: RawBuilder<unknown>
  /** Ends a select of rows that decide what a later statement of the same transaction does. */
  forUpdate: RawBuilder<unknown>
  /** One statement for all rows of a plan. */
  group<Name extends string>(plan: GroupPlan<Name>, bind: Bind<Name>): RawBuilder<unknown>
  /** Reads something that only the database itself can answer. */
  ping: RawBuilder<unknown>
  /** Reads the clock of the database as epoch milliseconds. Undefined where it is that of this machine. */
  now: RawBuilder<{ now: number }> | undefined
  /** Answers a row where migrations are recorded already. */
  findMigrations: RawBuilder<unknown>
  /** Begins the transaction of a migration: one starter at a time, and with all the time it needs. */
  enterMigration: readonly RawBuilder<unknown>[]
  /**
   * Makes transactions that name the same texts wait for each other. A row that is not there yet
   * cannot be locked; its name can. Undefined where only one transaction writes at a time.
   */
  lockNames: ((json: RawBuilder<unknown>) => RawBuilder<unknown>) | undefined
  /**
   * Empties the log in which overwritten content still stands; `busy` is 1 where it could not. Undefined
   * where the database has ways of its own.
   */
  scrub: RawBuilder<{ busy: number }> | undefined
  /**
   * A statement that makes its transaction fail with an `AssumptionError` where the condition does not
   * hold, so that nobody has to wait for its answer. Undefined where an answer costs no round trip.
   */
  assume: ((condition: RawBuilder<unknown>) => RawBuilder<unknown>) | undefined
  /** Tells the other processes of new work when the transaction is committed. Undefined where nobody can hear it. */
  wake: RawBuilder<unknown> | undefined
  /** True when the same transaction may succeed if it is run again at once. */
  isRetryable(error: unknown): boolean
}
