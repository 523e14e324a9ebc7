import type { Settings } from '../config.ts'
import type { Logger } from '../domain/log.ts'
import type { Clock } from '../domain/time.ts'

/** How long one line about refused requests has to do. */
const quietMs = 60_000

/**
 * Tells of requests to our webhooks that were refused for their signature. A rotated token or a wrong
 * `publicUrl` looks like a forger; and a stranger must not fill the log.
 */
export function createRefusalLog(parts: {
  settings: Settings
  clock: Clock
  logger: Logger
}): () => void {
  const { settings, clock, logger } = parts
  let refused = 0
  let quietUntil = -Infinity
  return () => {
    refused++
    if (clock.monotonic() < quietUntil) return
    logger.warn(
      { event: 'callback-refused', refused, public_url: settings.publicUrl },
      'callbacks were refused: their signature fits neither twilio.authToken nor twilio.otherAuthTokens over publicUrl; if they are genuine, one of these settings differs from what Twilio has',
    )
    refused = 0
    quietUntil = clock.monotonic() + quietMs
  }
}
