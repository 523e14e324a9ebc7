import type { Hits } from '../domain/throttle.ts'
import type { Instant } from '../domain/time.ts'
import type { Entry } from './claims.ts'

const sweepEvery = 1_000

/** Counters in this process. Read and written without a pause between, so no lock is needed. */
export function createThrottleMemory() {
  const rows = new Map<string, Entry>()
  let writes = 0
  return {
    read(keys: string[]): Map<string, Hits> {
      return new Map(keys.map((key) => [key, rows.get(key)?.hits ?? []]))
    },
    write(entries: readonly Entry[], now: Instant): void {
      for (const entry of entries) rows.set(entry.key, entry)
      writes += 1
      if (writes % sweepEvery > 0) return
      for (const [key, { expiresAt }] of rows) if (expiresAt <= now) rows.delete(key)
    },
  }
}
