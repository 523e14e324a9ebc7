import { sql } from 'kysely'
import type { Migration, MigrationDatabase, MigrationEngine } from './migration.ts'

/** Events that the host follows: their order of commit, the history of verifications, and webhooks. */
export const events: Migration = {
  name: '0004-events',
  async up(db, engine) {
    await createFeed(db, engine)
    await createVerificationEvents(db, engine)
    await createParked(db)
    await createWebhooks(db)
  },
}

// With many writers a lower id may become visible after a higher one: a reader that remembers ids alone
// would pass it by. It reads by transaction instead, and no further than the oldest that is still open.
async function createFeed(db: MigrationDatabase, engine: MigrationEngine): Promise<void> {
  if (engine.transactionId === undefined) return
  // The default is stable, so what is there already gets one value without being written anew.
  await db.schema.alterTable('sms_event').addColumn('tx', engine.transactionId).execute()
  // Only what is told to hosts: neither the acceptance of a message nor its claim is in here.
  await db.schema
    .createIndex('sms_event_feed')
    .on('sms_event')
    .columns(['tx', 'id'])
    .where(sql<boolean>`applied = 1 and status not in ('SCHEDULED', 'QUEUED', 'SENDING')`)
    .execute()
}

async function createVerificationEvents(
  db: MigrationDatabase,
  engine: MigrationEngine,
): Promise<void> {
  let table = db.schema
    .createTable('sms_verification_event')
    .addColumn('id', engine.countingId)
    .addColumn('verification_id', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    // Counts the sends of a verification; 0 for what happens once.
    .addColumn('nth', 'integer', (c) => c.notNull())
    // Of its own: verifications are forgotten before their events are all handed over.
    .addColumn('to_phone', 'text', (c) => c.notNull())
    .addColumn('purpose', 'text', (c) => c.notNull())
    .addColumn('channel', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
  if (engine.transactionId !== undefined) table = table.addColumn('tx', engine.transactionId)
  await table.execute()
  // The history of one verification; nothing in it happens twice.
  await db.schema
    .createIndex('sms_verification_event_once')
    .on('sms_verification_event')
    .columns(['verification_id', 'kind', 'nth'])
    .unique()
    .execute()
  if (engine.transactionId !== undefined) {
    await db.schema
      .createIndex('sms_verification_event_feed')
      .on('sms_verification_event')
      .columns(['tx', 'id'])
      .execute()
  }
  // expire.
  await db.schema
    .createIndex('sms_verification_expiring')
    .on('sms_verification')
    .column('expires_at')
    .where(sql<boolean>`status = 'pending'`)
    .execute()
}

async function createParked(db: MigrationDatabase): Promise<void> {
  await db.schema
    .createTable('sms_parked_event')
    .addColumn('consumer', 'text', (c) => c.notNull())
    .addColumn('event_id', 'text', (c) => c.notNull())
    .addColumn('event_type', 'text', (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('error', 'text', (c) => c.notNull())
    .addColumn('parked_at', 'bigint', (c) => c.notNull())
    // When somebody asked for another try.
    .addColumn('retry_at', 'bigint')
    .addPrimaryKeyConstraint('sms_parked_event_pkey', ['consumer', 'event_id'])
    .execute()
}

async function createWebhooks(db: MigrationDatabase): Promise<void> {
  await db.schema
    .createTable('sms_webhook_endpoint')
    .addColumn('endpoint', 'text', (c) => c.primaryKey().notNull())
    // It is off at this address only: a new one begins anew.
    .addColumn('url_hash', 'text', (c) => c.notNull())
    .addColumn('disabled_at', 'bigint', (c) => c.notNull())
    .execute()
  await db.schema
    .createTable('sms_webhook_delivery')
    // UUIDv7: the primary key is also the list by creation.
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('endpoint', 'text', (c) => c.notNull())
    .addColumn('event_id', 'text', (c) => c.notNull())
    .addColumn('event_type', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('next_at', 'bigint')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('ended_at', 'bigint')
    .execute()
  // listDue, one endpoint at a time.
  await db.schema
    .createIndex('sms_webhook_delivery_due')
    .on('sms_webhook_delivery')
    .columns(['endpoint', 'next_at'])
    .where(sql<boolean>`status = 'pending'`)
    .execute()
  // replay of one event.
  await db.schema
    .createIndex('sms_webhook_delivery_event')
    .on('sms_webhook_delivery')
    .columns(['event_id', 'endpoint'])
    .unique()
    .execute()
  await db.schema
    .createTable('sms_webhook_attempt')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('delivery_id', 'text', (c) => c.notNull())
    .addColumn('attempt', 'integer', (c) => c.notNull())
    .addColumn('outcome', 'text', (c) => c.notNull())
    .addColumn('status_code', 'integer')
    .addColumn('duration_ms', 'integer', (c) => c.notNull())
    .addColumn('next_at', 'bigint')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute()
  await db.schema
    .createIndex('sms_webhook_attempt_delivery_id')
    .on('sms_webhook_attempt')
    .column('delivery_id')
    .execute()
}
