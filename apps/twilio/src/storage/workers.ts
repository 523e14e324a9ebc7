import { sql } from 'kysely'
import type { WorkerRow } from './schema.ts'
import { type Session, statement } from './statement.ts'
import type { WorkerStore } from './store.ts'

const beat = statement<never, 'id' | 'host' | 'pid' | 'inFlight' | 'startedAt' | 'beatAt'>(
  (bind) => sql`
    insert into sms_worker (id, host, pid, in_flight, started_at, beat_at)
    values (${bind('id')}, ${bind('host')}, ${bind('pid')}, ${bind('inFlight')},
      ${bind('startedAt')}, ${bind('beatAt')})
    on conflict (id) do update set in_flight = excluded.in_flight, beat_at = excluded.beat_at`,
)

const remove = statement<never, 'id'>(
  (bind) => sql`delete from sms_worker where id = ${bind('id')}`,
)

const list = statement<WorkerRow, never>(
  () => sql`select * from sms_worker order by started_at, id`,
)

const sweep = statement<{ id: string }, 'before'>(
  (bind) => sql`delete from sms_worker where beat_at < ${bind('before')} returning id`,
)

/** The processes of `sms_worker`. */
export function createWorkers(session: Session): WorkerStore {
  return {
    async beat(worker) {
      await beat(session, { ...worker })
    },
    async remove(id) {
      await remove(session, { id })
    },
    async list() {
      const rows = await list(session, {})
      return rows.map((row) => ({
        id: row.id,
        host: row.host,
        pid: row.pid,
        inFlight: row.in_flight,
        startedAt: row.started_at,
        beatAt: row.beat_at,
      }))
    },
    sweep: async (before) => (await sweep(session, { before })).length,
  }
}
