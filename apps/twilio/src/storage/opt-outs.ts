import { sql } from 'kysely'
import { type Session, statement } from './statement.ts'
import type { OptOutStore } from './store.ts'

const selectPhones = statement<{ phone: string }, 'phones'>(
  (bind, engine) =>
    sql`select phone from sms_opt_out where phone in ${engine.texts(bind('phones'))}`,
)

/** The phones of `sms_opt_out`. */
export function createOptOuts(session: Session): OptOutStore {
  const { db } = session
  return {
    async find(phones) {
      const rows = await selectPhones(session, { phones: JSON.stringify(phones) })
      return new Set(rows.map((row) => row.phone))
    },
    // The first reason stays: it is the one that somebody may have to prove.
    async add({ phone, reason, at }) {
      await db
        .insertInto('sms_opt_out')
        .values({ phone, reason, created_at: at })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    },
    async remove(phone) {
      const result = await db
        .deleteFrom('sms_opt_out')
        .where('phone', '=', phone)
        .executeTakeFirst()
      return result.numDeletedRows === 1n
    },
  }
}
