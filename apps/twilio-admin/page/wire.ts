// What the admin's API answers, as far as the pages read it.

export type Role = 'viewer' | 'operator' | 'admin'

export interface Session {
  name: string
  role: Role
  csrf_token: string
  ends_at: string | null
  /** False where the host says who one is: there is no form, and no way out. */
  signs_in: boolean
  mode: 'simulator' | 'test' | 'live'
  app: { version: string; public_url: string; phones_url: string | null }
}

export interface Cost {
  unit: string
  amount: string
}

export interface Totals {
  sent: number
  delivered: number
  undelivered: number
  failed: number
  in_doubt: number
  cost: Cost[]
  delivery_median_s: number | null
  delivery_p95_s: number | null
}

export interface Bucket extends Totals {
  at: string
  verifications_started: number
  verifications_approved: number
}

export interface Overview {
  range: string
  from: string
  to: string
  totals: Totals
  previous: Totals
  buckets: Bucket[]
  errors: { code: number; meaning: string | null; count: number }[]
  verification: {
    started: number
    delivered: number
    approved: number
    failed: number
    expired: number
    median_seconds: number | null
  }
}

export interface Row {
  id: string
  direction: 'outbound' | 'inbound'
  channel: string
  to_phone: string
  from_phone: string | null
  status: string
  error_code: number | null
  num_segments: number | null
  price: string | null
  price_unit: string | null
  is_verification: boolean
  resend_of: string | null
  created_at: string
  updated_at: string
}

export interface MessageEvent {
  at: string
  status: string
  source: string
  /** False for what came too late or twice, and was only noted. */
  applied: boolean
  attempt: number | null
  error_code: number | null
  detail: string | null
}

export interface MessageDetail {
  message: Row & {
    provider_msg_id: string | null
    attempts: number
    send_at: string | null
    expires_at: string | null
    metadata_keys: string[]
  }
  events: MessageEvent[]
  error: {
    code: number
    meaning: string | null
    class: string | null
    advice: string | null
  } | null
  actions: string[]
  resends: string[]
  /** What came with a signature that did not fit, since the server was started. */
  refused_callbacks: { at: string; diagnosis: string[] }[]
}

export interface Revealed {
  to_phone: string
  from_phone: string | null
  message: string | null
  metadata: Record<string, string> | null
  media_urls: string[]
}

export interface Verification {
  id: string
  to_phone: string
  purpose: string
  channel: string
  backend: string
  status: string
  sends: number
  attempts: number
  created_at: string
  expires_at: string
  ended_at: string | null
}

export interface VerificationDetail {
  verification: Verification
  events: { at: string; kind: string; detail: string | null }[]
  messages: Row[]
  limits: { rule: string; refuses_until: string | null }[]
}

export interface Conversation {
  phone: string
  key: string
  last_at: string
  inbound: number
}

export interface Thread {
  phone: string
  messages: Row[]
  opted_out: { sender: string; reason: string; since: string }[]
}

export interface OptOut {
  key: string
  phone: string
  sender: string
  source: string
  reason: string
  since: string
}

export interface Worker {
  id: string
  host: string
  pid: number
  in_flight: number
  started_at: string
  beat_at: string
  state: string
}

export interface Queue {
  waiting: number
  scheduled: number
  sending: number
  retrying: number
  in_doubt: number
  dead_24h: number
  oldest_seconds: number
  /** The figures stopped counting at a bound. */
  is_capped: boolean
  breaker: { state: string }
  paces: { sender: string; per_second: number }[]
  rate_per_second: number
  workers: Worker[]
  dead: Row[]
}

export interface Setup {
  settings: { name: string; value: unknown; default: unknown }[]
  webhook_urls: { status: string; inbound: string }
  health: { ready: boolean; checks: Record<string, boolean> }
  refused_callbacks: { at: string; url: string; diagnosis: string[] }[]
}

export interface Key {
  id: string
  name: string
  scopes: string[]
  created_at: string
  revoked_at: string | null
}

export interface AuditEntry {
  id: number
  at: string
  actor: string
  action: string
  subject: string
  detail: Record<string, string> | null
}
