/** What may be logged and kept of an error: errors of the client hold no credentials, no bodies. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
