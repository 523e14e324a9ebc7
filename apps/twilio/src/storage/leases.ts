import { sql } from 'kysely'
import { type Session, statement } from './statement.ts'
import type { CursorStore, LeaseStore } from './store.ts'

// The condition of the update is looked at under the lock of the row: of several takers one gets it.
// The same condition before it keeps those who only ask from locking the row, which PostgreSQL writes
// to its log as if it were a change.
const take = statement<{ name: string }, 'name' | 'holder' | 'now' | 'until' | 'absurd'>(
  (bind) => sql`
    insert into sms_lease (name, holder, lease_until)
    select ${bind('name')}, ${bind('holder')}, ${bind('until')}
    where not exists (
      select 1 from sms_lease
      where name = ${bind('name')} and holder <> ${bind('holder')}
        and lease_until > ${bind('now')} and lease_until <= ${bind('absurd')}
    )
    on conflict (name) do update set holder = excluded.holder, lease_until = excluded.lease_until
    where sms_lease.holder = excluded.holder
      or sms_lease.lease_until <= ${bind('now')} or sms_lease.lease_until > ${bind('absurd')}
    returning name`,
)

const release = statement<never, 'name' | 'holder'>(
  (bind) => sql`
    delete from sms_lease where name = ${bind('name')} and holder = ${bind('holder')}`,
)

const read = statement<{ position: string }, 'name'>(
  (bind) => sql`select position from sms_cursor where name = ${bind('name')}`,
)

const write = statement<never, 'name' | 'position' | 'at'>(
  (bind) => sql`
    insert into sms_cursor (name, position, updated_at)
    values (${bind('name')}, ${bind('position')}, ${bind('at')})
    on conflict (name) do update
    set position = excluded.position, updated_at = excluded.updated_at`,
)

const begin = statement<never, 'name' | 'position' | 'at'>(
  (bind) => sql`
    insert into sms_cursor (name, position, updated_at)
    values (${bind('name')}, ${bind('position')}, ${bind('at')})
    on conflict (name) do nothing`,
)

const move = statement<{ name: string }, 'name' | 'from' | 'to' | 'at'>(
  (bind) => sql`
    update sms_cursor set position = ${bind('to')}, updated_at = ${bind('at')}
    where name = ${bind('name')} and position = ${bind('from')}
    returning name`,
)

/** The leases of `sms_lease`. */
export function createLeases(session: Session): LeaseStore {
  return {
    async take({ name, holder, now, until }) {
      const absurd = until + (until - now)
      return (await take(session, { name, holder, now, until, absurd })).length > 0
    },
    async release(name, holder) {
      await release(session, { name, holder })
    },
  }
}

/** The marks of `sms_cursor`. */
export function createCursors(session: Session): CursorStore {
  return {
    read: async (name) => (await read(session, { name }))[0]?.position,
    async write(name, position, at) {
      await write(session, { name, position, at })
    },
    async begin(name, position, at) {
      await begin(session, { name, position, at })
    },
    move: async (name, step) => (await move(session, { name, ...step })).length > 0,
  }
}
