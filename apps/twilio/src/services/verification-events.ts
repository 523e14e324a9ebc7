import type { VerificationEventKind } from '../domain/host-event.ts'
import type { Clock, Instant } from '../domain/time.ts'
import type { Verification } from '../domain/verification.ts'
import type { NewVerificationEvent } from '../storage/event-stores.ts'
import type { Store, Tables } from '../storage/store.ts'
import type { Signals } from './signals.ts'

/** What happened to a verification, to be written with it. A send counts; everything else happens once. */
export function verificationEvent(
  verification: Verification,
  kind: VerificationEventKind,
  createdAt: Instant,
): NewVerificationEvent {
  const { id, toPhone, purpose, channel, sends } = verification
  const isSend = kind === 'started' || kind === 'resent'
  const nth = isSend ? sends : 0
  return { verificationId: id, kind, nth, toPhone, purpose, channel, createdAt }
}

/** How a verification ends that somebody or its time ends: without a guess left it had failed before. */
export function endKindOf(
  verification: Verification,
  maxAttempts: number,
  otherwise: 'canceled' | 'expired',
): VerificationEventKind {
  return verification.attempts >= maxAttempts ? 'failed' : otherwise
}

/**
 * Ends a running verification and tells of it, in the caller's transaction. False where it had ended
 * before. `kind` is what is told, if not the status.
 */
export async function endVerification(
  { verifications, verificationEvents }: Pick<Tables, 'verifications' | 'verificationEvents'>,
  verification: Verification,
  end: { status: 'approved' | 'canceled'; kind?: VerificationEventKind; at: Instant },
): Promise<boolean> {
  const { status, kind = status, at } = end
  if (!(await verifications.end(verification.id, status, at))) return false
  await verificationEvents.append([verificationEvent(verification, kind, at)])
  return true
}

/** Ending verifications whose time is over. */
export interface VerificationExpiry {
  /** Ends a bounded number; answers how many. */
  expireDue(): Promise<number>
}

const batch = 500

/** The end of verifications that nobody ended. */
export function createVerificationExpiry(parts: {
  settings: { verification: { maxAttempts: number } }
  store: Store
  signals: Signals
  clock: Clock
}): VerificationExpiry {
  const { settings, store, signals, clock } = parts
  const { maxAttempts } = settings.verification
  return {
    async expireDue() {
      const now = clock.now()
      const expired = await store.transaction(async ({ verifications, verificationEvents }) => {
        const late = await verifications.expire(now, batch)
        // That it failed is known already, unless a process died over it.
        await verificationEvents.append(
          late.map((one) => verificationEvent(one, endKindOf(one, maxAttempts, 'expired'), now)),
        )
        return late
      })
      if (expired.length > 0) signals.changed([])
      return expired.length
    },
  }
}
