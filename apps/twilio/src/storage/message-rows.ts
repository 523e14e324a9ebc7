import type { Message } from '../domain/message.ts'
import { rankOf } from '../domain/message.ts'
import { readTextRecord, readTexts } from './json.ts'
import type { MessageRow } from './schema.ts'
import { orNull, orUndefined } from './statement.ts'
import type { NewMessage, Standing } from './store.ts'

/** A row as it is first written. */
export function toRow({ message, idempotencyKey, requestHash }: NewMessage): MessageRow {
  return {
    id: message.id,
    channel: message.channel,
    direction: message.direction,
    to_phone: message.toPhone,
    from_phone: orNull(message.fromPhone),
    messaging_service_sid: orNull(message.messagingServiceSid),
    message: message.message,
    media_urls: message.mediaUrls.length === 0 ? null : JSON.stringify(message.mediaUrls),
    status: message.status,
    status_rank: rankOf[message.status],
    provider_msg_id: orNull(message.providerMsgId),
    error_code: orNull(message.errorCode),
    num_segments: orNull(message.numSegments),
    price: orNull(message.price),
    price_unit: orNull(message.priceUnit),
    priority: message.priority,
    verification_id: orNull(message.verificationId),
    metadata: message.metadata === undefined ? null : JSON.stringify(message.metadata),
    send_at: orNull(message.sendAt),
    expires_at: message.expiresAt,
    attempts: message.attempts,
    attempted_at: orNull(message.attemptedAt),
    next_at: orNull(message.nextAt),
    polls: message.polls,
    last_event_time: orNull(message.lastEventTime),
    created_at: message.createdAt,
    updated_at: message.updatedAt,
    idempotency_key: orNull(idempotencyKey),
    request_hash: orNull(requestHash),
    lapses: message.lapses,
    resend_of: orNull(message.resendOf),
  }
}

/** The message of a row. */
export function toMessage(row: MessageRow): Message {
  return {
    id: row.id,
    channel: row.channel,
    direction: row.direction,
    toPhone: row.to_phone,
    fromPhone: orUndefined(row.from_phone),
    messagingServiceSid: orUndefined(row.messaging_service_sid),
    message: row.message,
    mediaUrls: row.media_urls === null ? [] : readTexts(row.media_urls),
    status: row.status,
    providerMsgId: orUndefined(row.provider_msg_id),
    errorCode: orUndefined(row.error_code),
    numSegments: orUndefined(row.num_segments),
    price: orUndefined(row.price),
    priceUnit: orUndefined(row.price_unit),
    priority: row.priority,
    verificationId: orUndefined(row.verification_id),
    metadata: row.metadata === null ? undefined : readTextRecord(row.metadata),
    resendOf: orUndefined(row.resend_of),
    sendAt: orUndefined(row.send_at),
    expiresAt: row.expires_at,
    attempts: row.attempts,
    attemptedAt: orUndefined(row.attempted_at),
    nextAt: orUndefined(row.next_at),
    polls: row.polls,
    lapses: row.lapses,
    lastEventTime: orUndefined(row.last_event_time),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

/** The columns of a standing. */
export type StandingRow = Pick<
  MessageRow,
  'id' | 'status' | 'provider_msg_id' | 'to_phone' | 'num_segments' | 'price'
>

/** The standing of a message. */
export function toStanding(row: StandingRow): Standing {
  return {
    id: row.id,
    status: row.status,
    providerMsgId: orUndefined(row.provider_msg_id),
    toPhone: row.to_phone,
    numSegments: orUndefined(row.num_segments),
    price: orUndefined(row.price),
  }
}

/** The columns that an insert fills: every one of a row. */
export const messageFields = {
  ...({ id: 'text', channel: 'text', direction: 'text', to_phone: 'text' } as const),
  ...({ from_phone: 'text', messaging_service_sid: 'text', message: 'text' } as const),
  ...({ status: 'text', status_rank: 'number', provider_msg_id: 'text' } as const),
  ...({ error_code: 'number', num_segments: 'number', price: 'text', price_unit: 'text' } as const),
  ...({ priority: 'number', verification_id: 'text', metadata: 'text' } as const),
  ...({ send_at: 'number', expires_at: 'number', attempts: 'number' } as const),
  ...({ attempted_at: 'number', next_at: 'number', polls: 'number' } as const),
  ...({ last_event_time: 'number', created_at: 'number', updated_at: 'number' } as const),
  ...({ idempotency_key: 'text', request_hash: 'text', lapses: 'number' } as const),
  ...({ media_urls: 'text', resend_of: 'text' } as const),
} satisfies Record<keyof MessageRow, 'text' | 'number'>
