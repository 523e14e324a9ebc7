import { sql } from 'kysely'
import type { Migration, MigrationDatabase, MigrationEngine } from './migration.ts'

/** The tables of the first release. Every index costs each accepted message; each names who needs it. */
export const initial: Migration = {
  name: '0001-initial',
  async up(db, engine) {
    await createLog(db)
    await createEvents(db, engine)
    await createVerifications(db)
    await createSmallTables(db)
  },
}

async function createLog(db: MigrationDatabase): Promise<void> {
  await db.schema
    .createTable('sms_log')
    // UUIDv7: the primary key is also the list by creation.
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('channel', 'text', (c) => c.notNull())
    .addColumn('direction', 'text', (c) => c.notNull())
    .addColumn('to_phone', 'text', (c) => c.notNull())
    .addColumn('from_phone', 'text')
    .addColumn('messaging_service_sid', 'text')
    .addColumn('message', 'text', (c) => c.notNull())
    .addColumn('media_urls', 'text')
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('status_rank', 'integer', (c) => c.notNull())
    .addColumn('provider_msg_id', 'text')
    .addColumn('error_code', 'integer')
    .addColumn('num_segments', 'integer')
    .addColumn('price', 'text')
    .addColumn('price_unit', 'text')
    .addColumn('priority', 'integer', (c) => c.notNull())
    .addColumn('verification_id', 'text')
    .addColumn('metadata', 'text')
    .addColumn('send_at', 'bigint')
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('attempted_at', 'bigint')
    .addColumn('next_at', 'bigint')
    .addColumn('polls', 'integer', (c) => c.notNull())
    .addColumn('last_event_time', 'bigint')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .addColumn('idempotency_key', 'text')
    .addColumn('request_hash', 'text')
    .execute()

  // Callbacks and polls find their row by SID; no SID may belong to two rows.
  await db.schema
    .createIndex('sms_log_provider_msg_id')
    .on('sms_log')
    .column('provider_msg_id')
    .unique()
    .where(sql.ref('provider_msg_id'), 'is not', null)
    .execute()
  // findKeyUses; one message a key.
  await db.schema
    .createIndex('sms_log_idempotency_key')
    .on('sms_log')
    .column('idempotency_key')
    .unique()
    .where(sql.ref('idempotency_key'), 'is not', null)
    .execute()
  // claimDue, nextDue, queueFacts: one range of due times for each priority of what waits.
  await db.schema
    .createIndex('sms_log_waiting')
    .on('sms_log')
    .columns(['priority', 'next_at'])
    .where(sql.ref('status_rank'), '=', sql.lit(0))
    .execute()
  // expireDue.
  await db.schema
    .createIndex('sms_log_expiring')
    .on('sms_log')
    .column('expires_at')
    .where(sql.ref('status_rank'), '=', sql.lit(0))
    .execute()
  // doubtLapsed by the end of the lease, listDoubtful by the time of its look-up.
  await db.schema
    .createIndex('sms_log_running')
    .on('sms_log')
    .columns(['status', 'next_at'])
    .where(sql.ref('status_rank'), '=', sql.lit(1))
    .execute()
  // listRivals.
  await db.schema
    .createIndex('sms_log_rivals')
    .on('sms_log')
    .column('to_phone')
    .where(sql.ref('status_rank'), '=', sql.lit(1))
    .execute()
  // listUnsettled.
  await db.schema
    .createIndex('sms_log_unsettled')
    .on('sms_log')
    .column('next_at')
    .where(sql<boolean>`status_rank >= 2 and next_at is not null`)
    .execute()
}

// No foreign keys: they would cost each event a look-up, and a callback may come before or after its
// message's row is there.
async function createEvents(db: MigrationDatabase, engine: MigrationEngine): Promise<void> {
  await db.schema
    .createTable('sms_event')
    .addColumn('id', engine.countingId)
    .addColumn('message_id', 'text')
    .addColumn('provider_msg_id', 'text')
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('applied', 'integer', (c) => c.notNull())
    .addColumn('error_code', 'integer')
    .addColumn('detail', 'text')
    .addColumn('attempt', 'integer')
    .addColumn('dedupe_key', 'text')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute()
  // The history of one message.
  await db.schema
    .createIndex('sms_event_message_id')
    .on('sms_event')
    .column('message_id')
    .where(sql.ref('message_id'), 'is not', null)
    .execute()
  // A repeated callback is one event.
  await db.schema
    .createIndex('sms_event_dedupe_key')
    .on('sms_event')
    .column('dedupe_key')
    .unique()
    .where(sql.ref('dedupe_key'), 'is not', null)
    .execute()
  // adopt: callbacks whose message is not known yet.
  await db.schema
    .createIndex('sms_event_orphan')
    .on('sms_event')
    .column('provider_msg_id')
    .where(sql.ref('message_id'), 'is', null)
    .execute()
}

async function createVerifications(db: MigrationDatabase): Promise<void> {
  await db.schema
    .createTable('sms_verification')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('to_phone', 'text', (c) => c.notNull())
    .addColumn('purpose', 'text', (c) => c.notNull())
    .addColumn('channel', 'text', (c) => c.notNull())
    .addColumn('locale', 'text')
    .addColumn('backend', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('provider_sid', 'text')
    .addColumn('secret_id', 'text')
    .addColumn('client_key', 'text')
    .addColumn('sends', 'integer', (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('last_sent_at', 'bigint', (c) => c.notNull())
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .addColumn('ended_at', 'bigint')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute()
  // findPending.
  await db.schema
    .createIndex('sms_verification_pending')
    .on('sms_verification')
    .columns(['to_phone', 'purpose', 'created_at'])
    .where(sql<boolean>`status = 'pending'`)
    .execute()
}

async function createSmallTables(db: MigrationDatabase): Promise<void> {
  await db.schema
    .createTable('sms_throttle')
    .addColumn('key', 'text', (c) => c.primaryKey().notNull())
    .addColumn('hits', 'text', (c) => c.notNull())
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .execute()
  // sweep.
  await db.schema
    .createIndex('sms_throttle_expires_at')
    .on('sms_throttle')
    .column('expires_at')
    .execute()
  await db.schema
    .createTable('sms_opt_out')
    .addColumn('phone', 'text', (c) => c.primaryKey().notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute()
  await db.schema
    .createTable('sms_api_key')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('key_hash', 'text', (c) => c.notNull().unique())
    .addColumn('scopes', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('revoked_at', 'bigint')
    .execute()
}
