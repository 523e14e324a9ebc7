import { hasPhoneShape } from '../domain/phone.ts'
import type { Clock } from '../domain/time.ts'
import type { Store } from '../storage/store.ts'
import { patienceMs } from './patience.ts'

/**
 * Phones that must not be texted. The carrier's refusals fill it; a host may add its own. Rejects with
 * `StorageError` within about a second where the database is away.
 */
export interface OptOuts {
  /** False for text that is no E.164 number. */
  add(phone: string, reason: string): Promise<boolean>
  /** Lifts an opt-out; false when there was none. */
  remove(phone: string): Promise<boolean>
  has(phone: string): Promise<boolean>
}

/** The opt-outs of one app. */
export function createOptOuts(store: Store, clock: Clock): OptOuts {
  return {
    async add(phone, reason) {
      if (!hasPhoneShape(phone)) return false
      const optOut = { phone, reason, at: clock.now() }
      await store.transaction((tables) => tables.optOuts.add(optOut), { patienceMs })
      return true
    },
    remove: (phone) => store.transaction((tables) => tables.optOuts.remove(phone), { patienceMs }),
    has: async (phone) => (await store.optOuts.find([phone])).has(phone),
  }
}
