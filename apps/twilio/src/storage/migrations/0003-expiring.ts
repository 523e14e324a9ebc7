import { sql } from 'kysely'
import type { Migration } from './migration.ts'

/**
 * PostgreSQL takes any index whose condition it can prove, and where its statistics say that nothing
 * waits, all seem to cost the same: claims read the whole backlog through the index for expiry. Said
 * in other words, its condition serves only the statement that repeats it.
 */
export const expiring: Migration = {
  name: '0003-expiring',
  async up(db) {
    await db.schema.dropIndex('sms_log_expiring').execute()
    // expireDue, nextDue.
    await db.schema
      .createIndex('sms_log_expiring')
      .on('sms_log')
      .column('expires_at')
      .where(sql<boolean>`status in ('SCHEDULED', 'QUEUED')`)
      .execute()
  },
}
