import { type ApiScope, apiScopes } from '../domain/access.ts'
import { readList } from './json.ts'
import type { ApiKeyRow } from './schema.ts'
import { orNull, orUndefined, type Session } from './statement.ts'
import type { ApiKey, ApiKeyStore } from './store.ts'

/** The keys of `sms_api_key`. */
export function createApiKeys(session: Session): ApiKeyStore {
  return {
    async insert(key) {
      await session.db.insertInto('sms_api_key').values(toRow(key)).execute()
    },
    async findByHash(keyHash) {
      const row = await session.db
        .selectFrom('sms_api_key')
        .selectAll()
        .where('key_hash', '=', keyHash)
        .executeTakeFirst()
      return row && toApiKey(row)
    },
    async list() {
      const rows = await session.db
        .selectFrom('sms_api_key')
        .selectAll()
        .orderBy('created_at')
        .orderBy('id')
        .execute()
      return rows.map(toApiKey)
    },
    async revoke(id, at) {
      const result = await session.db
        .updateTable('sms_api_key')
        .set({ revoked_at: at })
        .where('id', '=', id)
        .where('revoked_at', 'is', null)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },
  }
}

function toRow(key: ApiKey): ApiKeyRow {
  return {
    id: key.id,
    name: key.name,
    key_hash: key.keyHash,
    scopes: JSON.stringify(key.scopes),
    created_at: key.createdAt,
    revoked_at: orNull(key.revokedAt),
  }
}

function toApiKey(row: ApiKeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    keyHash: row.key_hash,
    scopes: readList(row.scopes).filter(isScope),
    createdAt: row.created_at,
    revokedAt: orUndefined(row.revoked_at),
  }
}

function isScope(value: unknown): value is ApiScope {
  return apiScopes.some((scope) => scope === value)
}
