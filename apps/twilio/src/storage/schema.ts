import type { Generated } from 'kysely'
import type { AuditAction } from '../domain/audit.ts'
import type { EventSource } from '../domain/event.ts'
import type { HostEvent, VerificationEventKind } from '../domain/host-event.ts'
import type { Message, MessageStatus, Priority } from '../domain/message.ts'
import type { OptOut } from '../domain/opt-out.ts'
import type { Role } from '../domain/role.ts'
import type {
  VerificationBackend,
  VerificationChannel,
  VerificationStatus,
} from '../domain/verification.ts'

// The tables as the newest migration leaves them, in types that both engines have: text, bigint for
// epoch milliseconds and counters, integers 0 and 1 for booleans, JSON as text.

export interface MessageRow {
  id: string
  channel: Message['channel']
  direction: Message['direction']
  to_phone: string
  from_phone: string | null
  messaging_service_sid: string | null
  message: string
  /** JSON array of addresses. */
  media_urls: string | null
  status: MessageStatus
  /** `rankOf[status]`, so that "only forwards" is a comparison. */
  status_rank: number
  provider_msg_id: string | null
  error_code: number | null
  num_segments: number | null
  price: string | null
  price_unit: string | null
  priority: Priority
  verification_id: string | null
  metadata: string | null
  send_at: number | null
  expires_at: number
  attempts: number
  attempted_at: number | null
  next_at: number | null
  polls: number
  last_event_time: number | null
  created_at: number
  updated_at: number
  idempotency_key: string | null
  request_hash: string | null
  /** How often a worker went silent while it had this message. */
  lapses: number
  resend_of: string | null
}

export interface EventRow {
  id: number
  message_id: string | null
  provider_msg_id: string | null
  status: MessageStatus
  source: EventSource
  applied: number
  error_code: number | null
  detail: string | null
  attempt: number | null
  dedupe_key: string | null
  created_at: number
}

export interface VerificationRow {
  id: string
  to_phone: string
  purpose: string
  channel: VerificationChannel
  locale: string | null
  backend: VerificationBackend
  status: VerificationStatus
  provider_sid: string | null
  secret_id: string | null
  client_key: string | null
  sends: number
  attempts: number
  last_sent_at: number
  expires_at: number
  ended_at: number | null
  created_at: number
}

export interface VerificationEventRow {
  id: number
  verification_id: string
  kind: VerificationEventKind
  nth: number
  to_phone: string
  purpose: string
  channel: VerificationChannel
  created_at: number
}

export interface ParkedEventRow {
  consumer: string
  event_id: string
  event_type: HostEvent['type']
  attempts: number
  error: string
  parked_at: number
  retry_at: number | null
}

export interface WebhookEndpointRow {
  endpoint: string
  url_hash: string
  disabled_at: number
}

export interface WebhookDeliveryRow {
  id: string
  endpoint: string
  event_id: string
  event_type: HostEvent['type']
  status: 'pending' | 'delivered' | 'failed'
  attempts: number
  next_at: number | null
  created_at: number
  ended_at: number | null
}

export interface WebhookAttemptRow {
  id: string
  delivery_id: string
  attempt: number
  outcome: string
  status_code: number | null
  duration_ms: number
  next_at: number | null
  created_at: number
}

export interface ThrottleRow {
  key: string
  /** JSON: `[[at, cost], …]`, oldest first. */
  hits: string
  expires_at: number
}

export interface OptOutRow {
  phone: string
  /** Empty: whoever sends. */
  sender: string
  source: OptOut['source']
  reason: string
  created_at: number
}

export interface ApiKeyRow {
  id: string
  name: string
  key_hash: string
  /** JSON array of scopes. */
  scopes: string
  created_at: number
  revoked_at: number | null
}

export interface WorkerRow {
  id: string
  host: string
  pid: number
  in_flight: number
  started_at: number
  beat_at: number
}

export interface LeaseRow {
  name: string
  holder: string
  lease_until: number
}

export interface CursorRow {
  name: string
  position: string
  updated_at: number
}

export interface AuditRow {
  id: number
  actor: string
  action: AuditAction
  subject: string
  /** JSON object of texts. */
  detail: string | null
  created_at: number
}

export interface AdminAccountRow {
  name: string
  password_hash: string
  role: Role
  created_at: number
  changed_at: number
}

export interface AdminSessionRow {
  /** SHA-256 of the token in hex. */
  id_hash: string
  name: string
  created_at: number
  seen_at: number
}

/** One counter of one hour. */
export interface HourlyRow {
  hour: number
  /** See domain/hourly.ts. */
  name: string
  amount: number
}

export interface MigrationRow {
  name: string
  applied_at: number
}

/** Every table by its name. */
export interface Schema {
  sms_log: MessageRow
  sms_event: Omit<EventRow, 'id'> & { id: Generated<number> }
  sms_verification: VerificationRow
  sms_verification_event: Omit<VerificationEventRow, 'id'> & { id: Generated<number> }
  sms_parked_event: ParkedEventRow
  sms_webhook_endpoint: WebhookEndpointRow
  sms_webhook_delivery: WebhookDeliveryRow
  sms_webhook_attempt: WebhookAttemptRow
  sms_throttle: ThrottleRow
  sms_opt_out: OptOutRow
  sms_api_key: ApiKeyRow
  sms_worker: WorkerRow
  sms_lease: LeaseRow
  sms_cursor: CursorRow
  sms_audit: Omit<AuditRow, 'id'> & { id: Generated<number> }
  sms_admin_account: AdminAccountRow
  sms_admin_session: AdminSessionRow
  sms_hourly: HourlyRow
  sms_migration: MigrationRow
}
