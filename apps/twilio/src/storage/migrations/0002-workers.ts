import { sql } from 'kysely'
import type { Migration } from './migration.ts'

/** Many processes on one database: who is at work, who looks after what, and which message breaks workers. */
export const workers: Migration = {
  name: '0002-workers',
  async up(db) {
    // With a default, so that a process of the version before can go on inserting beside this one.
    await db.schema
      .alterTable('sms_log')
      .addColumn('lapses', 'integer', (c) => c.notNull().defaultTo(sql.lit(0)))
      .execute()
    await db.schema
      .createTable('sms_worker')
      .addColumn('id', 'text', (c) => c.primaryKey().notNull())
      .addColumn('host', 'text', (c) => c.notNull())
      .addColumn('pid', 'integer', (c) => c.notNull())
      .addColumn('in_flight', 'integer', (c) => c.notNull())
      .addColumn('started_at', 'bigint', (c) => c.notNull())
      .addColumn('beat_at', 'bigint', (c) => c.notNull())
      .execute()
    await db.schema
      .createTable('sms_lease')
      .addColumn('name', 'text', (c) => c.primaryKey().notNull())
      .addColumn('holder', 'text', (c) => c.notNull())
      .addColumn('lease_until', 'bigint', (c) => c.notNull())
      .execute()
    await db.schema
      .createTable('sms_cursor')
      .addColumn('name', 'text', (c) => c.primaryKey().notNull())
      .addColumn('position', 'text', (c) => c.notNull())
      .addColumn('updated_at', 'bigint', (c) => c.notNull())
      .execute()
  },
}
