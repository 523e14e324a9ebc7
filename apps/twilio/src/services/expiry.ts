import { eventOf } from '../domain/event.ts'
import type { Clock } from '../domain/time.ts'
import type { Store } from '../storage/store.ts'
import type { Signals } from './signals.ts'

/** Ending messages that waited too long: a stale text is never sent. */
export interface Expiry {
  /** Answers how many it ended. */
  expireDue(): Promise<number>
}

const batch = 500
const detail = 'it waited past its expires_at'

/** Expiry of the messages of one app. */
export function createExpiry(store: Store, signals: Signals, clock: Clock): Expiry {
  return {
    async expireDue() {
      const expired = await store.transaction(async (tables) => {
        const now = clock.now()
        const messages = await tables.messages.expireDue(now, batch)
        if (messages.length > 0) {
          await tables.events.append(
            messages.map((message) => eventOf(message, { status: 'EXPIRED', detail }, now)),
          )
        }
        return messages
      })
      signals.changed(expired.map((message) => message.id))
      return expired.length
    },
  }
}
