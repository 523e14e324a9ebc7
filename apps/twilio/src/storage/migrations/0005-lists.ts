import { sql } from 'kysely'
import type { Migration } from './migration.ts'

/**
 * Lists of messages for people. On SQLite an index is written once in the life of a message, and the
 * last two hold only messages that did not arrive. Of a status alone there is none: it would cost each
 * step of each message.
 */
export const lists: Migration = {
  name: '0005-lists',
  async up(db) {
    // messages.list by phone: the newest ones first.
    await db.schema
      .createIndex('sms_log_to_phone')
      .on('sms_log')
      .columns(['to_phone', 'id'])
      .execute()
    // messages.list by error code.
    await db.schema
      .createIndex('sms_log_error_code')
      .on('sms_log')
      .columns(['error_code', 'id'])
      .where(sql.ref('error_code'), 'is not', null)
      .execute()
    // messages.list by the statuses that a person looks for.
    await db.schema
      .createIndex('sms_log_not_arrived')
      .on('sms_log')
      .column('id')
      .where(sql<boolean>`status in ('UNDELIVERED', 'FAILED', 'CANCELED', 'EXPIRED')`)
      .execute()
  },
}
