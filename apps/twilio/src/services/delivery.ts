import type { Settings } from '../config.ts'
import { eventOf } from '../domain/event.ts'
import type { Logger } from '../domain/log.ts'
import type { Message } from '../domain/message.ts'
import { maskPhone } from '../domain/phone.ts'
import type { Clock } from '../domain/time.ts'
import type { Provider } from '../provider/provider.ts'
import type { Store } from '../storage/store.ts'
import { createBatcher } from './batcher.ts'
import { type EndedAttempt, type Ending, writeEndings } from './endings.ts'
import type { Signals } from './signals.ts'

/** A message that this process may send until its lease is over. */
export interface ClaimedMessage {
  message: Message
  /** On the monotonic clock, in milliseconds. */
  leaseEnds: number
}

/** Taking messages from the outbox to the carrier. */
export interface Delivery {
  /** Claims up to `limit` due messages; each is on disk as `SENDING` before anybody is called. */
  claim(limit: number): Promise<ClaimedMessage[]>
  /** Calls the carrier for one claimed message and writes down how that ended. */
  deliver(claimed: ClaimedMessage): Promise<void>
  /** Gives claims back that were not begun. */
  release(claimed: ClaimedMessage[]): Promise<void>
  /** The carrier asked to be left alone until this moment of the monotonic clock. */
  pausedUntil(): number
}

/** The parts that `createDelivery` is made of. */
export interface DeliveryParts {
  settings: Settings
  store: Store
  provider: Provider
  /** The text as it leaves; `undefined` when the message has become worthless. */
  bodyOf: (message: Message) => Promise<string | undefined>
  signals: Signals
  clock: Clock
  /** In [0, 1). */
  random: () => number
  logger: Logger
}

/** Delivery over one provider. */
export function createDelivery(parts: DeliveryParts): Delivery {
  const { settings, store, provider, bodyOf, signals, clock, random, logger } = parts
  const leaseMs = settings.delivery.leaseSeconds * 1_000
  let paused = 0

  const write = createBatcher<EndedAttempt, void>(async (attempts) => {
    const changed = await store.transaction((tables) =>
      writeEndings(tables, attempts, { settings, random, now: clock.now() }),
    )
    signals.changed(changed)
    return attempts.map(() => undefined)
  })

  /** Everything that can still stop a call, looked at as late as possible. */
  async function call({ message, leaseEnds }: ClaimedMessage): Promise<Ending | 'lease-over'> {
    const body = await bodyOf(message)
    const leftMs = message.expiresAt - clock.now()
    if (body === undefined || leftMs <= 0) return { kind: 'worthless' }
    // After the lease somebody else may have taken the message over. The monotonic clock also runs
    // while this process is stopped, and no change of the system's clock can stretch the lease.
    if (clock.monotonic() >= leaseEnds) return 'lease-over'
    return provider.send({
      messageId: message.id,
      attempt: message.attempts,
      toPhone: message.toPhone,
      fromPhone: message.fromPhone,
      messagingServiceSid: message.messagingServiceSid,
      body,
      validitySeconds: Math.ceil(leftMs / 1_000),
    })
  }

  return {
    pausedUntil: () => paused,
    async claim(limit) {
      // Measured before the claim is written: the lease may only be thought shorter than it is.
      const leaseEnds = clock.monotonic() + leaseMs
      const messages = await store.transaction(async (tables) => {
        const now = clock.now()
        const claimed = await tables.messages.claimDue({ now, leaseUntil: now + leaseMs, limit })
        if (claimed.length > 0) {
          await tables.events.append(
            claimed.map((message) => eventOf(message, { status: 'SENDING' }, now)),
          )
        }
        return claimed
      })
      signals.changed(messages.map((message) => message.id))
      return messages.map((message) => ({ message, leaseEnds }))
    },
    async deliver(claimed) {
      const { message } = claimed
      const ending = await call(claimed)
      // The row is no longer ours: whoever settles it will find nothing at the carrier.
      if (ending === 'lease-over') return
      if (ending.kind === 'busy')
        paused = clock.monotonic() + Math.max(1, ending.retryAfterSeconds ?? 1) * 1_000
      if (ending.kind !== 'accepted') {
        const fields = {
          event: `send-${ending.kind}`,
          messageId: message.id,
          to: maskPhone(message.toPhone),
          attempt: message.attempts,
        }
        const code = ending.kind === 'refused' || ending.kind === 'busy' ? ending.code : undefined
        logger.warn({ ...fields, errorCode: code }, 'a message was not accepted by the carrier')
      }
      await write({ message, ending })
    },
    release: (claimed) =>
      store.transaction((tables) =>
        tables.messages.release(
          claimed.map(({ message }) => ({ id: message.id, attempts: message.attempts })),
          clock.now(),
        ),
      ),
  }
}
