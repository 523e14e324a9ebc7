/**
 *   StorageError   the database cannot do its work: not there, not ours, full, damaged, locked, closed
 *
 * Anything else that the store throws is a bug of ours, such as a violated constraint.
 */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  /** True where nothing has to be mended here: the database is away and may come back by itself. */
  readonly mayComeBack: boolean

  constructor(message: string, options: ErrorOptions & { mayComeBack?: boolean | undefined } = {}) {
    super(message, options)
    this.mayComeBack = options.mayComeBack ?? false
  }
}
