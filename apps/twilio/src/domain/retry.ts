/** When a message that the carrier certainly does not have is tried again. */
export type RetryClass = 'never' | 'backoff' | 'delayed' | 'hold'

// backoff: busy or not reached, seconds; delayed: a limit that needs minutes; hold: somebody has to
// mend the account first, and until then no message should be burnt.
const waits = {
  backoff: { firstMs: 1_000, mostMs: 60_000 },
  delayed: { firstMs: 60_000, mostMs: 3_600_000 },
  hold: { firstMs: 30_000, mostMs: 300_000 },
} as const

/**
 * Milliseconds before attempt `attempts + 1`. Full jitter: the whole range is used, so that a
 * thousand messages refused together do not come back together. `random` is in [0, 1).
 */
export function retryDelayMs(
  kind: Exclude<RetryClass, 'never'>,
  attempts: number,
  random: number,
): number {
  const { firstMs, mostMs } = waits[kind]
  const ceiling = Math.min(mostMs, firstMs * 2 ** Math.min(attempts, 20))
  return Math.ceil(firstMs / 2 + random * (ceiling - firstMs / 2))
}

/** The wait before poll number `polls + 1`; `undefined` when the message has been silent for too long. */
export function pollDelayMs(
  polls: number,
  silentMs: number,
  settings: { pollAfterSeconds: readonly number[]; pollGiveUpSeconds: number },
): number | undefined {
  if (silentMs >= settings.pollGiveUpSeconds * 1_000) return undefined
  const waits = settings.pollAfterSeconds
  return (waits[Math.min(polls, waits.length - 1)] ?? 3_600) * 1_000
}
