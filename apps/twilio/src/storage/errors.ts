/**
 *   StorageError   the database cannot do its work: not there, not ours, full, damaged, locked, closed
 *
 * Anything else that the store throws is a bug of ours, such as a violated constraint.
 */
export class StorageError extends Error {
  override readonly name = 'StorageError'
}
