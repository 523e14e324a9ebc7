import { sql } from 'kysely'
import { toMessage } from './message-rows.ts'
import { emptyText, isOver, maskTheirs, theirPhone } from './retention.ts'
import type { MessageRow } from './schema.ts'
import { type Session, statement } from './statement.ts'
import type { ErasureStore } from './store.ts'

// Range by range: an index on the number would cost every message, for something that happens rarely.

const cancelWaiting = statement<MessageRow, 'first' | 'last' | 'phone' | 'at'>(
  (bind) => sql`
    update sms_log
    set status = 'CANCELED', status_rank = 4, next_at = null, error_code = null,
      last_event_time = ${bind('at')}, updated_at = ${bind('at')}
    where id >= ${bind('first')} and id <= ${bind('last')}
      and status_rank = 0 and to_phone = ${bind('phone')}
    returning *`,
)

const erase = statement<{ id: string }, 'first' | 'last' | 'phone'>(
  (bind) => sql`
    update sms_log
    set ${emptyText}, ${maskTheirs}
    where id >= ${bind('first')} and id <= ${bind('last')} and ${isOver}
      and ${theirPhone} = ${bind('phone')}
    returning id`,
)

const countLeft = statement<{ count: number }, 'first' | 'last' | 'phone'>(
  (bind) => sql`
    select count(*) as count from sms_log
    where id >= ${bind('first')} and id <= ${bind('last')} and ${theirPhone} = ${bind('phone')}`,
)

const deleteVerifications = statement<{ id: string }, 'phone'>(
  (bind) => sql`delete from sms_verification where to_phone = ${bind('phone')} returning id`,
)

/** Forgetting one phone. */
export function createErasure(session: Session): ErasureStore {
  return {
    async cancelWaiting({ first, last }, phone, at) {
      return (await cancelWaiting(session, { first, last, phone, at })).map(toMessage)
    },
    async erase({ first, last }, phone) {
      const erased = await erase(session, { first, last, phone })
      const [left] = await countLeft(session, { first, last, phone })
      return { erased: erased.length, left: left?.count ?? 0 }
    },
    deleteVerifications: async (phone) => (await deleteVerifications(session, { phone })).length,
  }
}
