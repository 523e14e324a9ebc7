import { isRole } from '../domain/role.ts'
import { StorageError } from './errors.ts'
import type { AdminAccountRow } from './schema.ts'
import type { Session } from './statement.ts'
import type { AdminAccount, AdminAccountStore, AdminSessionStore } from './store.ts'

/** The accounts of `sms_admin_account`. */
export function createAdminAccounts(session: Session): AdminAccountStore {
  return {
    async insert(account) {
      const result = await session.db
        .insertInto('sms_admin_account')
        .values(toRow(account))
        .onConflict((conflict) => conflict.column('name').doNothing())
        .executeTakeFirst()
      return result.numInsertedOrUpdatedRows === 1n
    },
    async find(name) {
      const row = await session.db
        .selectFrom('sms_admin_account')
        .selectAll()
        .where('name', '=', name)
        .executeTakeFirst()
      return row && toAccount(row)
    },
    async list() {
      const rows = await session.db
        .selectFrom('sms_admin_account')
        .selectAll()
        .orderBy('name')
        .execute()
      return rows.map(toAccount)
    },
    async update(name, { passwordHash, role, changedAt }) {
      const result = await session.db
        .updateTable('sms_admin_account')
        .set({
          changed_at: changedAt,
          ...(passwordHash !== undefined && { password_hash: passwordHash }),
          ...(role !== undefined && { role }),
        })
        .where('name', '=', name)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },
    async remove(name) {
      const result = await session.db
        .deleteFrom('sms_admin_account')
        .where('name', '=', name)
        .executeTakeFirst()
      return result.numDeletedRows === 1n
    },
  }
}

/** The sessions of `sms_admin_session`. */
export function createAdminSessions(session: Session): AdminSessionStore {
  return {
    async insert({ idHash, name, createdAt, seenAt }) {
      await session.db
        .insertInto('sms_admin_session')
        .values({ id_hash: idHash, name, created_at: createdAt, seen_at: seenAt })
        .execute()
    },
    async find(idHash) {
      const row = await session.db
        .selectFrom('sms_admin_session as session')
        .innerJoin('sms_admin_account as account', 'account.name', 'session.name')
        .select(['account.name', 'account.role', 'session.created_at', 'session.seen_at'])
        .where('session.id_hash', '=', idHash)
        .executeTakeFirst()
      if (!row) return undefined
      const { name, role, created_at: createdAt, seen_at: seenAt } = row
      return { name, role: readRole(role), createdAt, seenAt }
    },
    async touch(idHash, at) {
      await session.db
        .updateTable('sms_admin_session')
        .set({ seen_at: at })
        .where('id_hash', '=', idHash)
        .execute()
    },
    async end(idHash) {
      await session.db.deleteFrom('sms_admin_session').where('id_hash', '=', idHash).execute()
    },
    async endAll(name) {
      await session.db.deleteFrom('sms_admin_session').where('name', '=', name).execute()
    },
    async sweep({ createdUntil, seenUntil }) {
      const result = await session.db
        .deleteFrom('sms_admin_session')
        .where((or) =>
          or.or([or('created_at', '<=', createdUntil), or('seen_at', '<=', seenUntil)]),
        )
        .executeTakeFirst()
      return Number(result.numDeletedRows)
    },
  }
}

function toRow(account: AdminAccount): AdminAccountRow {
  return {
    name: account.name,
    password_hash: account.passwordHash,
    role: account.role,
    created_at: account.createdAt,
    changed_at: account.changedAt,
  }
}

function toAccount(row: AdminAccountRow): AdminAccount {
  return {
    name: row.name,
    passwordHash: row.password_hash,
    role: readRole(row.role),
    createdAt: row.created_at,
    changedAt: row.changed_at,
  }
}

/** A role that we do not know must not be taken for one that we do. */
function readRole(text: string): AdminAccount['role'] {
  if (isRole(text)) return text
  throw new StorageError('sms_admin_account holds a role of a newer version')
}
