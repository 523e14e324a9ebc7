import { DummyDriver, Kysely } from 'kysely'
import type { Engine } from './engines/engine.ts'
import type { Migration } from './migrations/migration.ts'
import type { Schema } from './schema.ts'
import type { PlannedMigration } from './store.ts'

/**
 * The statements of a migration, in the words of the database that `db` is of, without running one: it
 * is carried out against a driver that notes everything and answers nothing.
 */
export async function planMigration(
  db: Kysely<Schema>,
  engine: Engine,
  migration: Migration,
): Promise<PlannedMigration> {
  const statements: string[] = []
  const recorder = new Kysely<Schema>({
    dialect: {
      createDriver: () => new DummyDriver(),
      createAdapter: () => db.getExecutor().adapter,
      createQueryCompiler: () => ({
        compileQuery: (node, queryId) => db.getExecutor().compileQuery(node, queryId),
      }),
      createIntrospector: () => db.introspection,
    },
    log: ({ query }) => void statements.push(query.sql.trim().replaceAll(/\s+/g, ' ')),
  })
  await migration.up(recorder, engine)
  return { name: migration.name, statements }
}
