import type { RawBuilder } from 'kysely'

/** What SQL text is bound to. */
export type Value = string | number | null

/** What the engines write differently. Everything else in `storage/` is shared by them. */
export interface Engine {
  /** Column of an id that counts upwards and is never used twice. */
  countingId: RawBuilder<unknown>
  /** The texts of one JSON array as a subselect with the column `value`, so that a list of any length is one statement. */
  texts(json: RawBuilder<unknown>): RawBuilder<unknown>
  /** Ends a subselect of rows that its statement is about to change. */
  skipLocked: RawBuilder<unknown>
  /** Reads something that only the database itself can answer. */
  ping: RawBuilder<unknown>
}
