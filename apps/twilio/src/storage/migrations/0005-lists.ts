import { sql } from 'kysely'
import type { Migration } from './migration.ts'

/**
 * Lists of messages for people. Both indexes are written once in the life of a message on SQLite; the
 * second one holds only those that met an error.
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
  },
}
