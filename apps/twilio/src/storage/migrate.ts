import type { Kysely, Transaction } from 'kysely'
import type { Instant } from '../domain/time.ts'
import { StorageError } from './errors.ts'
import { migrations as released } from './migrations/index.ts'
import { planMigration } from './migration-plan.ts'
import type { Migration } from './migrations/migration.ts'
import type { Schema } from './schema.ts'
import type { Session } from './statement.ts'
import type { Store } from './store.ts'

/**
 * Brings a database up to date. Each migration and its record are one transaction, and the record is
 * read in that same transaction: whoever starts at the same time waits for the write lock and then
 * finds the work done, and a kill leaves whole migrations only. Kysely's own migrator takes no lock on
 * SQLite; of four starters three failed with it.
 */
export function createMigrator(
  { db, engine }: Session,
  { place, now }: { place: string; now: () => Instant },
  migrations: readonly Migration[] = released,
): Pick<Store, 'migrate' | 'migrationStatus' | 'migrationPlan'> {
  /** Those of the database, none of them unknown to this version. */
  async function recorded(source: Kysely<Schema>): Promise<Set<string>> {
    const rows = await source.selectFrom('sms_migration').select('name').orderBy('name').execute()
    const unknown = rows.find(({ name }) => !migrations.some((known) => known.name === name))
    if (unknown !== undefined) {
      throw new StorageError(
        `${place}: was written by a newer version, whose migration "${unknown.name}" is not known here`,
      )
    }
    return new Set(rows.map(({ name }) => name))
  }

  async function applyNext(trx: Transaction<Schema>): Promise<string | undefined> {
    for (const step of engine.enterMigration) await step.execute(trx)
    await trx.schema
      .createTable('sms_migration')
      .ifNotExists()
      .addColumn('name', 'text', (c) => c.primaryKey().notNull())
      .addColumn('applied_at', 'bigint', (c) => c.notNull())
      .execute()
    const done = await recorded(trx)
    const next = migrations.find(({ name }) => !done.has(name))
    if (next === undefined) return undefined
    await next.up(trx, engine)
    await trx.insertInto('sms_migration').values({ name: next.name, applied_at: now() }).execute()
    return next.name
  }

  async function findDone(): Promise<Set<string>> {
    // Not Kysely's introspection: it lists the tables of every schema of the database.
    const { rows } = await engine.findMigrations.execute(db)
    return rows.length > 0 ? recorded(db) : new Set()
  }

  return {
    async migrate() {
      const applied: string[] = []
      for (;;) {
        const name = await db.transaction().execute(applyNext)
        if (name === undefined) return { applied, pending: [] }
        applied.push(name)
      }
    },
    async migrationStatus() {
      const done = await findDone()
      const names = migrations.map(({ name }) => name)
      return {
        applied: names.filter((name) => done.has(name)),
        pending: names.filter((name) => !done.has(name)),
      }
    },
    async migrationPlan() {
      const done = await findDone()
      const missing = migrations.filter(({ name }) => !done.has(name))
      return Promise.all(missing.map((migration) => planMigration(db, engine, migration)))
    },
  }
}
