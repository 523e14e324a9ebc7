/**
 *   StorageError   the database cannot do its work: not there, not ours, full, damaged, locked, closed
 *   JoinError      a transaction of the host's cannot take our rows; nothing has been written
 *   AssumptionError  what was assumed instead of read is not so; nothing has been written
 *
 * Anything else that the store throws is a bug of ours, such as a violated constraint.
 */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  /** True where nothing has to be mended here: the database is away and may come back by itself. */
  readonly mayComeBack: boolean
  /** True when the database works, and somebody else held one row of it for too long. */
  readonly isContended: boolean

  constructor(
    message: string,
    options: ErrorOptions & { mayComeBack?: boolean; isContended?: boolean } = {},
  ) {
    super(message, options)
    this.mayComeBack = options.mayComeBack ?? false
    this.isContended = options.isContended ?? false
  }
}

/** What a transaction assumed instead of reading it is not so: it was rolled back, and can be run again. */
export class AssumptionError extends Error {
  override readonly name = 'AssumptionError'
}

/** Why a transaction of the host's cannot take our rows. */
export type JoinReason = 'unknown-handle' | 'other-database' | 'no-transaction' | 'no-tables'

/** A transaction of the host's cannot take our rows: it was refused before anything was written. */
export class JoinError extends Error {
  override readonly name = 'JoinError'
  readonly reason: JoinReason

  constructor(reason: JoinReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}
