import { z } from 'zod'
import { createSecret, type Secret } from './domain/secret.ts'
import type { PostgresPool } from './storage/engines/postgres-pool.ts'

const sqliteName = z.string().regex(/^:memory:$|^file:.+/)
const postgresUrl = z
  .string()
  .refine((text) => /^postgres(ql)?:$/.test(URL.parse(text)?.protocol ?? ''))
  // It may hold a password.
  .transform(createSecret)
const placeAt = (url: Secret) => ({ url, schema: 'public' })
const postgresPlace = z.strictObject({
  url: postgresUrl,
  /** Where our tables are; made if it is not there. */
  schema: z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,62}$/)
    .default('public'),
})
const hostPool = z.strictObject({
  /** A `Pool` of the host's own `pg`, which it ends itself; our tables are where its search path points. */
  pool: z.custom<PostgresPool>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      'connect' in value &&
      typeof value.connect === 'function',
  ),
})

/** The setting `database`: a file, the address of a PostgreSQL, or a pool of the host's. */
export const databasePlace = z.union(
  [sqliteName, postgresUrl.transform(placeAt), postgresPlace, hostPool],
  'must be "file:PATH", ":memory:", "postgres://HOST/NAME", { url, schema } or { pool }',
)
