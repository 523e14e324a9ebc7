import type { Migration } from './migration.ts'

/** Who may sign in to the admin pages of the standalone server. */
export const admins: Migration = {
  name: '0007-admins',
  async up(db) {
    await db.schema
      .createTable('sms_admin_account')
      .addColumn('name', 'text', (c) => c.primaryKey().notNull())
      .addColumn('password_hash', 'text', (c) => c.notNull())
      .addColumn('role', 'text', (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('changed_at', 'bigint', (c) => c.notNull())
      .execute()
    await db.schema
      .createTable('sms_admin_session')
      .addColumn('id_hash', 'text', (c) => c.primaryKey().notNull())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('seen_at', 'bigint', (c) => c.notNull())
      .execute()
    // endAll.
    await db.schema
      .createIndex('sms_admin_session_name')
      .on('sms_admin_session')
      .column('name')
      .execute()
  },
}
