import { sql } from 'kysely'
import type { Migration } from './migration.ts'

/** What the admin pages show without going through messages: counters by hour, and ways to find a few rows. */
export const overview: Migration = {
  name: '0008-overview',
  async up(db) {
    // One row for each counter that is not 0: what there is to count (errors, currencies) is not known here.
    await db.schema
      .createTable('sms_hourly')
      .addColumn('hour', 'bigint', (c) => c.notNull())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('amount', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('sms_hourly_pkey', ['hour', 'name'])
      .execute()
    // browse.conversations, browse.thread: written once for each message of a phone.
    await db.schema
      .createIndex('sms_log_inbound_from')
      .on('sms_log')
      .columns(['from_phone', 'id'])
      .where(sql.ref('direction'), '=', sql.lit('inbound'))
      .execute()
    // browse.resendsOf.
    await db.schema
      .createIndex('sms_log_resend_of')
      .on('sms_log')
      .column('resend_of')
      .where(sql.ref('resend_of'), 'is not', null)
      .execute()
  },
}
