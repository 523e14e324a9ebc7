import { hostActor } from '../domain/audit.ts'
import { everySender, type OptOut } from '../domain/opt-out.ts'
import { hasPhoneShape, maskPhone } from '../domain/phone.ts'
import type { Clock } from '../domain/time.ts'
import type { Store } from '../storage/store.ts'
import { pageSize } from './page-size.ts'
import { patienceMs } from './patience.ts'

/** Who changes an opt-out, and for whom it holds. */
export interface OptOutOptions {
  /** Stands in the audit log; default `host`. */
  actor?: string | undefined
  /** One sender: its number, or the SID of its messaging service. Left out: whoever sends. */
  sender?: string | undefined
}

/**
 * Phones that must not be texted. They fill it themselves by texting STOP, and the carrier by refusing.
 * Rejects with `StorageError` within about a second where the database is away.
 */
export interface OptOuts {
  /** False for text that is no E.164 number. One without a sender is lifted by `remove` only. */
  add(phone: string, reason: string, options?: OptOutOptions): Promise<boolean>
  /** Lifts the opt-outs of a phone, or those of one sender; false when there was none. */
  remove(phone: string, options?: OptOutOptions): Promise<boolean>
  /** True where some sender, or this one, must not text the phone. */
  has(phone: string, options?: Pick<OptOutOptions, 'sender'>): Promise<boolean>
  /** Newest first, 1 to 1,000; `before` is the last one of the page before. */
  list(page?: {
    before?: Pick<OptOut, 'at' | 'phone' | 'sender'> | undefined
    limit?: number | undefined
  }): Promise<OptOut[]>
}

const within = { patienceMs }

/** The opt-outs of one app. */
export function createOptOuts(store: Store, clock: Clock): OptOuts {
  return {
    async add(phone, reason, { actor = hostActor, sender = everySender } = {}) {
      if (!hasPhoneShape(phone)) return false
      await store.transaction(async (tables) => {
        const at = clock.now()
        if (!(await tables.optOuts.add({ phone, sender, source: 'host', reason, at }))) return
        const action = 'opt-out-added'
        const subject = maskPhone(phone)
        await tables.audit.append([{ actor, action, subject, detail: { sender, reason }, at }])
      }, within)
      return true
    },
    remove: (phone, { actor = hostActor, sender } = {}) =>
      store.transaction(async (tables) => {
        if ((await tables.optOuts.remove(phone, sender)) === 0) return false
        const action = 'opt-out-removed'
        const subject = maskPhone(phone)
        const detail = sender === undefined ? undefined : { sender }
        await tables.audit.append([{ actor, action, subject, detail, at: clock.now() }])
        return true
      }, within),
    async has(phone, { sender } = {}) {
      const found = await store.optOuts.find([phone])
      return found.some(
        (one) => sender === undefined || one.sender === everySender || one.sender === sender,
      )
    },
    list: ({ before, limit } = {}) => store.optOuts.list({ before, limit: pageSize(limit) }),
  }
}
