import { hasPhoneShape } from '../domain/phone.ts'
import type { Clock } from '../domain/time.ts'
import type { Store } from '../storage/store.ts'

/** Phones that must not be texted. The carrier's refusals fill it; a host may add its own. */
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
      await store.transaction((tables) => tables.optOuts.add({ phone, reason, at: clock.now() }))
      return true
    },
    remove: (phone) => store.transaction((tables) => tables.optOuts.remove(phone)),
    has: async (phone) => (await store.optOuts.find([phone])).has(phone),
  }
}
