import { sql } from 'kysely'
import type { AuditEntry } from '../domain/audit.ts'
import { readTextRecord } from './json.ts'
import type { AuditRow } from './schema.ts'
import { type Session, statement } from './statement.ts'
import type { AuditStore } from './store.ts'

const newest = statement<AuditRow, 'before' | 'limit'>(
  (bind) => sql`
    select * from sms_audit where id < ${bind('before')} order by id desc limit ${bind('limit')}`,
)

const newestOf = statement<AuditRow, 'subject' | 'before' | 'limit'>(
  (bind) => sql`
    select * from sms_audit where subject = ${bind('subject')} and id < ${bind('before')}
    order by id desc limit ${bind('limit')}`,
)

/** The entries of `sms_audit`. */
export function createAudit(session: Session): AuditStore {
  return {
    async append(entries) {
      if (entries.length === 0) return
      await session.db
        .insertInto('sms_audit')
        .values(
          entries.map(({ actor, action, subject, detail, at }) => ({
            actor,
            action,
            subject,
            detail: detail === undefined ? null : JSON.stringify(detail),
            created_at: at,
          })),
        )
        .execute()
    },
    async list({ before = Number.MAX_SAFE_INTEGER, limit, subject }) {
      const rows =
        subject === undefined
          ? await newest(session, { before, limit })
          : await newestOf(session, { subject, before, limit })
      return rows.map(toEntry)
    },
  }
}

function toEntry({ id, actor, action, subject, detail, created_at: at }: AuditRow): AuditEntry {
  return {
    id,
    actor,
    action,
    subject,
    detail: detail === null ? undefined : readTextRecord(detail),
    at,
  }
}
