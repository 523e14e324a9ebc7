import { sql } from 'kysely'
import { everySender, type OptOut } from '../domain/opt-out.ts'
import type { OptOutRow } from './schema.ts'
import { command, type Session, statement } from './statement.ts'
import type { OptOutStore } from './store.ts'

const selectByPhone = statement<Pick<OptOutRow, 'phone' | 'sender'>, 'phones'>(
  (bind, engine) => sql`
    select phone, sender from sms_opt_out where phone in ${engine.texts(bind('phones'))}`,
)

// An array is searched for in an index as it is; a subselect would be joined, for five times as long.
const assumeNone = command<'phones'>((bind, engine) => {
  const found = sql`select from sms_opt_out where phone = any(array${engine.texts(bind('phones'))})`
  return engine.assume?.(sql`not exists (${found})`) ?? sql`select 1`
})

// Written out as in the index of what runs. Of a claim that another worker made in the same moment it
// finds the opt-outs too, which harms nobody.
const selectOfClaimed = statement<Pick<OptOutRow, 'phone' | 'sender'>, 'leaseUntil'>(
  (bind) => sql`
    select phone, sender from sms_opt_out where phone in (
      select to_phone from sms_log
      where status_rank = 1 and status = 'SENDING' and next_at = ${bind('leaseUntil')}
    )`,
)

// The first reason stays: it is the one that somebody may have to prove.
const insert = statement<{ phone: string }, 'phone' | 'sender' | 'source' | 'reason' | 'at'>(
  (bind) => sql`
    insert into sms_opt_out (phone, sender, source, reason, created_at)
    values (${bind('phone')}, ${bind('sender')}, ${bind('source')}, ${bind('reason')}, ${bind('at')})
    on conflict do nothing
    returning phone`,
)

const removeAll = statement<{ phone: string }, 'phone'>(
  (bind) => sql`delete from sms_opt_out where phone = ${bind('phone')} returning phone`,
)

const removeFrom = statement<{ phone: string }, 'phone' | 'sender'>(
  (bind) => sql`
    delete from sms_opt_out
    where phone = ${bind('phone')} and sender = ${bind('sender')}
    returning phone`,
)

// What the carrier refused before it was known for which sender stands for every one.
const lift = statement<{ phone: string }, 'phone' | 'senders'>(
  (bind, engine) => sql`
    delete from sms_opt_out
    where phone = ${bind('phone')} and source <> 'host'
      and (sender = ${sql.lit(everySender)} or sender in ${engine.texts(bind('senders'))})
    returning phone`,
)

const newest = statement<OptOutRow, 'at' | 'phone' | 'sender' | 'limit'>(
  (bind) => sql`
    select * from sms_opt_out
    where (created_at, phone, sender) < (${bind('at')}, ${bind('phone')}, ${bind('sender')})
    order by created_at desc, phone desc, sender desc limit ${bind('limit')}`,
)

/** The phones of `sms_opt_out`. */
export function createOptOuts(session: Session): OptOutStore {
  return {
    async find(phones) {
      const rows = await selectByPhone(session, { phones: JSON.stringify(phones) })
      return rows.map(({ phone, sender }) => ({ phone, sender }))
    },
    ...(session.engine.assume && {
      assumeNone: (phones: string[]) => assumeNone(session, { phones: JSON.stringify(phones) }),
    }),
    findOfClaimed: (leaseUntil) => selectOfClaimed(session, { leaseUntil }),
    add: async (optOut) => (await insert(session, { ...optOut })).length > 0,
    async remove(phone, sender) {
      const removed =
        sender === undefined
          ? await removeAll(session, { phone })
          : await removeFrom(session, { phone, sender })
      return removed.length
    },
    lift: async (phone, senders) =>
      (await lift(session, { phone, senders: JSON.stringify(senders) })).length,
    async list({ before, limit }) {
      const { at, phone, sender } = before ?? { at: Number.MAX_SAFE_INTEGER, phone: '', sender: '' }
      return (await newest(session, { at, phone, sender, limit })).map(toOptOut)
    },
  }
}

/** The opt-out of a row. */
export function toOptOut({ phone, sender, source, reason, created_at: at }: OptOutRow): OptOut {
  return { phone, sender, source, reason, at }
}
