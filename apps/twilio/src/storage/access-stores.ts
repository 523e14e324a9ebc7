import type { ApiScope } from '../domain/access.ts'
import type { Role } from '../domain/role.ts'
import type { Instant } from '../domain/time.ts'

// The part of the store that knows who may do what: programs by their keys, people by their accounts.

/** One row of `sms_api_key`; the key itself is not kept, only its SHA-256 in hex. */
export interface ApiKey {
  id: string
  name: string
  keyHash: string
  scopes: ApiScope[]
  createdAt: Instant
  revokedAt: Instant | undefined
}

/** The keys of `sms_api_key`. */
export interface ApiKeyStore {
  insert(key: ApiKey): Promise<void>
  findByHash(keyHash: string): Promise<ApiKey | undefined>
  list(): Promise<ApiKey[]>
  revoke(id: string, at: Instant): Promise<boolean>
}

/** One row of `sms_admin_account`. */
export interface AdminAccount {
  name: string
  passwordHash: string
  role: Role
  createdAt: Instant
  changedAt: Instant
}

/** The accounts of `sms_admin_account`. */
export interface AdminAccountStore {
  /** False when the name is taken. */
  insert(account: AdminAccount): Promise<boolean>
  find(name: string): Promise<AdminAccount | undefined>
  /** By name. */
  list(): Promise<AdminAccount[]>
  /** False when there is no such account. */
  update(
    name: string,
    change: { passwordHash?: string; role?: Role; changedAt: Instant },
  ): Promise<boolean>
  remove(name: string): Promise<boolean>
}

/** The sessions of `sms_admin_session`, each with the role that its account has now. */
export interface AdminSessionStore {
  insert(session: {
    idHash: string
    name: string
    createdAt: Instant
    seenAt: Instant
  }): Promise<void>
  /** Undefined also where the account is gone. */
  find(
    idHash: string,
  ): Promise<{ name: string; role: Role; createdAt: Instant; seenAt: Instant } | undefined>
  touch(idHash: string, at: Instant): Promise<void>
  end(idHash: string): Promise<void>
  /** Ends every session of an account. */
  endAll(name: string): Promise<void>
  /** Throws away sessions begun, or last seen, at these moments or before; answers how many. */
  sweep(old: { createdUntil: Instant; seenUntil: Instant }): Promise<number>
}
