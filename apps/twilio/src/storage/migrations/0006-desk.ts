import { sql } from 'kysely'
import type { Migration, MigrationDatabase, MigrationEngine } from './migration.ts'

/** What people at a desk need: inbound messages, opt-outs by sender, resends, dead letters, an audit log. */
export const desk: Migration = {
  name: '0006-desk',
  async up(db, engine) {
    await db.schema.alterTable('sms_log').addColumn('resend_of', 'text').execute()
    // queue.listFailed, queue.facts. By the id, which no update changes: other columns would cost every
    // update of a message on PostgreSQL.
    await db.schema
      .createIndex('sms_log_failed')
      .on('sms_log')
      .column('id')
      .where(sql<boolean>`status in ('FAILED', 'UNDELIVERED', 'EXPIRED')`)
      .execute()
    // messages.listInbound.
    await db.schema
      .createIndex('sms_log_inbound')
      .on('sms_log')
      .column('id')
      .where(sql<boolean>`direction = 'inbound'`)
      .execute()
    await splitOptOuts(db)
    await createAudit(db, engine)
  },
}

// No engine changes a primary key the way the other one does, so the table is made anew. The defaults
// are for processes of the version before, which go on beside this one.
async function splitOptOuts(db: MigrationDatabase): Promise<void> {
  await sql`create table sms_opt_out_copy as select * from sms_opt_out`.execute(db)
  await db.schema.dropTable('sms_opt_out').execute()
  await db.schema
    .createTable('sms_opt_out')
    .addColumn('phone', 'text', (c) => c.notNull())
    .addColumn('sender', 'text', (c) => c.notNull().defaultTo(''))
    .addColumn('source', 'text', (c) => c.notNull().defaultTo('host'))
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('sms_opt_out_pkey', ['phone', 'sender'])
    .execute()
  await sql`
    insert into sms_opt_out (phone, source, reason, created_at)
    select phone, case when reason like 'refused by the carrier%' then 'carrier' else 'host' end,
      reason, created_at
    from sms_opt_out_copy`.execute(db)
  await db.schema.dropTable('sms_opt_out_copy').execute()
  // list.
  await db.schema
    .createIndex('sms_opt_out_created_at')
    .on('sms_opt_out')
    .columns(['created_at', 'phone', 'sender'])
    .execute()
}

async function createAudit(db: MigrationDatabase, engine: MigrationEngine): Promise<void> {
  await db.schema
    .createTable('sms_audit')
    .addColumn('id', engine.countingId)
    .addColumn('actor', 'text', (c) => c.notNull())
    .addColumn('action', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('detail', 'text')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute()
  // The history of one subject.
  await db.schema
    .createIndex('sms_audit_subject')
    .on('sms_audit')
    .columns(['subject', 'id'])
    .execute()
}
