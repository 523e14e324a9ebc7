import { createApiKeys } from './api-keys.ts'
import { createEvents } from './events.ts'
import { createMessages } from './messages.ts'
import { createMigrator } from './migrate.ts'
import { createOptOuts } from './opt-outs.ts'
import type { Instant } from '../domain/time.ts'
import type { Session } from './statement.ts'
import type { Store, Tables } from './store.ts'
import { createThrottles } from './throttles.ts'
import { createVerifications } from './verifications.ts'

/** The store over an opened engine. `place` names the database in errors. */
export function createStore(
  session: Session,
  { place, now, close }: { place: string; now: () => Instant; close: () => Promise<void> },
): Store {
  const { db, engine } = session
  return {
    ...createTables(session),
    ...createMigrator(session, { place, now }),
    transaction: (work) =>
      db.transaction().execute((trx) => work(createTables({ db: trx, engine }))),
    async ping() {
      await engine.ping.execute(db)
    },
    close,
  }
}

function createTables(session: Session): Tables {
  return {
    messages: createMessages(session),
    events: createEvents(session),
    verifications: createVerifications(session),
    throttles: createThrottles(session),
    optOuts: createOptOuts(session),
    apiKeys: createApiKeys(session),
  }
}
