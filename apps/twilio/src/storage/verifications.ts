import { sql } from 'kysely'
import type { Verification } from '../domain/verification.ts'
import type { VerificationRow } from './schema.ts'
import { orNull, orUndefined, type Session, statement } from './statement.ts'
import type { VerificationStore } from './store.ts'

const expirePending = statement<VerificationRow, 'now' | 'limit'>(
  (bind, engine) => sql`
    with late as materialized (
      select id from sms_verification where status = 'pending' and expires_at <= ${bind('now')}
      order by expires_at limit ${bind('limit')} ${engine.skipLocked}
    )
    update sms_verification set status = 'expired', ended_at = expires_at
    where id in (select id from late)
    returning *`,
)

/** The verifications of `sms_verification`. */
export function createVerifications(session: Session): VerificationStore {
  return {
    expire: async (now, limit) =>
      (await expirePending(session, { now, limit })).map(toVerification),
    async insert(verification) {
      await session.db.insertInto('sms_verification').values(toRow(verification)).execute()
    },
    async find(id) {
      const row = await session.db
        .selectFrom('sms_verification')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst()
      return row && toVerification(row)
    },
    async findPending({ toPhone, purpose, clientKey, now }) {
      let query = session.db
        .selectFrom('sms_verification')
        .selectAll()
        .where('to_phone', '=', toPhone)
        .where('purpose', '=', purpose)
        // Literally as in the index that serves this.
        .where(sql<boolean>`status = 'pending'`)
        .where('expires_at', '>', now)
      if (clientKey !== undefined) query = query.where('client_key', '=', clientKey)
      const row = await query
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst()
      return row && toVerification(row)
    },
    async countSend(id, at, maxSends) {
      const result = await session.db
        .updateTable('sms_verification')
        .set((eb) => ({ sends: eb('sends', '+', 1), last_sent_at: at }))
        .where('id', '=', id)
        .where('status', '=', 'pending')
        .where('expires_at', '>', at)
        .where('sends', '<', maxSends)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },
    async setProviderSid(id, providerSid, expiresAt) {
      await session.db
        .updateTable('sms_verification')
        .set({ provider_sid: providerSid, expires_at: expiresAt })
        .where('id', '=', id)
        .execute()
    },
    // Reading, judging and counting are one statement: read first and count later, and parallel
    // guesses all see the same count and are all evaluated.
    async takeGuess(id, now, maxAttempts) {
      const row = await session.db
        .updateTable('sms_verification')
        .set((eb) => ({ attempts: eb('attempts', '+', 1) }))
        .where('id', '=', id)
        .where('status', '=', 'pending')
        .where('expires_at', '>', now)
        .where('attempts', '<', maxAttempts)
        .returningAll()
        .executeTakeFirst()
      return row && toVerification(row)
    },
    async end(id, status, at) {
      const result = await session.db
        .updateTable('sms_verification')
        .set({ status, ended_at: at })
        .where('id', '=', id)
        .where('status', '=', 'pending')
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },
  }
}

function toRow(verification: Verification): VerificationRow {
  return {
    id: verification.id,
    to_phone: verification.toPhone,
    purpose: verification.purpose,
    channel: verification.channel,
    locale: orNull(verification.locale),
    backend: verification.backend,
    status: verification.status,
    provider_sid: orNull(verification.providerSid),
    secret_id: orNull(verification.secretId),
    client_key: orNull(verification.clientKey),
    sends: verification.sends,
    attempts: verification.attempts,
    last_sent_at: verification.lastSentAt,
    expires_at: verification.expiresAt,
    ended_at: orNull(verification.endedAt),
    created_at: verification.createdAt,
  }
}

/** The verification of a row. */
export function toVerification(row: VerificationRow): Verification {
  return {
    id: row.id,
    toPhone: row.to_phone,
    purpose: row.purpose,
    channel: row.channel,
    locale: orUndefined(row.locale),
    backend: row.backend,
    status: row.status,
    providerSid: orUndefined(row.provider_sid),
    secretId: orUndefined(row.secret_id),
    clientKey: orUndefined(row.client_key),
    sends: row.sends,
    attempts: row.attempts,
    lastSentAt: row.last_sent_at,
    expiresAt: row.expires_at,
    endedAt: orUndefined(row.ended_at),
    createdAt: row.created_at,
  }
}
