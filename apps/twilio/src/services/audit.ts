import type { AuditEntry } from '../domain/audit.ts'
import type { AuditStore } from '../storage/store.ts'
import { pageSize } from './page-size.ts'

/** Who changed what by hand. Entries are written with what they tell of, or not at all. */
export interface Audit {
  /** Newest first, 1 to 1,000; `before` is the lowest id of the page before. */
  list(page?: {
    before?: number | undefined
    limit?: number | undefined
    /** The id of a message or a key, or a masked phone. */
    subject?: string | undefined
  }): Promise<AuditEntry[]>
}

/** The audit log of one database. */
export function createAudit(store: Pick<AuditStore, 'list'>): Audit {
  return {
    list: ({ before, limit, subject } = {}) =>
      store.list({ before, limit: pageSize(limit), subject }),
  }
}
