import { initial } from './0001-initial.ts'
import { workers } from './0002-workers.ts'
import { expiring } from './0003-expiring.ts'
import { admins } from './0007-admins.ts'
import type { Migration } from './migration.ts'

/** Every migration, oldest first. */
export const migrations: readonly Migration[] = [initial, workers, expiring, admins]
