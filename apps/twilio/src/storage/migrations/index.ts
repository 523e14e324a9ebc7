import { initial } from './0001-initial.ts'
import { workers } from './0002-workers.ts'
import { expiring } from './0003-expiring.ts'
import { events } from './0004-events.ts'
import { lists } from './0005-lists.ts'
import { desk } from './0006-desk.ts'
import { admins } from './0007-admins.ts'
import { overview } from './0008-overview.ts'
import type { Migration } from './migration.ts'

/** Every migration, oldest first. */
export const migrations: readonly Migration[] = [
  initial,
  workers,
  expiring,
  events,
  lists,
  desk,
  admins,
  overview,
]
