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

/** Up to a fifth longer: what failed together is not tried again together. */
function spread(ms: number, random: number): number {
  return ms * (1 + random / 5)
}

/** Milliseconds before a handler gets an event again: a second at first, doubled up to a minute. */
export function handlerDelayMs(attempts: number, random: number): number {
  return spread(Math.min(60_000, 1_000 * 2 ** (attempts - 1)), random)
}

/** Milliseconds before an endpoint gets an event again; `undefined` when it is given up. */
export function webhookDelayMs(
  attempts: number,
  random: number,
  { retryAfterSeconds }: { retryAfterSeconds: readonly number[] },
): number | undefined {
  const seconds = retryAfterSeconds[attempts - 1]
  return seconds === undefined ? undefined : Math.ceil(spread(seconds * 1_000, random))
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
