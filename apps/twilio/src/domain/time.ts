/** A moment as milliseconds since 1970-01-01T00:00:00Z; the database stores the same number. */
export type Instant = number

/**
 * Where time comes from. Every part of the app is handed one, so that a test can turn it by hand.
 * `monotonic` never jumps: leases are measured with it right before a call leaves the process.
 */
export interface Clock {
  now(): Instant
  /** Milliseconds from an arbitrary origin; unaffected by changes of the system clock. */
  monotonic(): number
  /**
   * Milliseconds since the machine was started, the time that it slept included: `monotonic` may stand
   * still meanwhile. Left out where nobody can tell.
   */
  uptime?(): number
  /** Calls `run` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, run: () => void): () => void
}

/** Cancels a timer or a subscription that is not there yet. */
export function noTimer(): void {}

/** Waits for the end of the work, for this time at most. Rejects where the work does meanwhile. */
export async function waitAtMost(
  clock: Pick<Clock, 'after'>,
  ms: number,
  work: Promise<unknown>,
): Promise<void> {
  let cancel = noTimer
  const late = new Promise<void>((resolve) => {
    cancel = clock.after(ms, resolve)
  })
  try {
    await Promise.race([work, late])
  } finally {
    cancel()
  }
}
