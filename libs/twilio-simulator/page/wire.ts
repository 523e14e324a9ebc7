// What the simulator's control API answers, as far as the page reads it.

export interface Text {
  sid: string
  kind: 'message' | 'verification'
  direction: 'outbound' | 'inbound'
  to: string
  from: string | null
  body: string
  media_urls: string[]
  segments: number
  status: string
  error_code: number | null
  code: string | null
  created_at: string
}

export interface Phone {
  number: string
  received: number
  last: Text
  opted_out_of: string[]
  replies_to: string
}

export interface Phones {
  run: string
  total: number
  phones: Phone[]
}

/** A behaviour; what it does not limit is missing or null. */
export interface Fault {
  kind: string
  to?: string | null
  code?: number | null
  ms?: number | null
  times: number | 'always'
}

/** A call of the API, or a callback; the fields that only one of them has may be missing. */
export interface Entry {
  id: number
  kind: 'api' | 'callback'
  time: string
  method: string
  path: string
  form: Record<string, string[]>
  status: number | null
  answer: string | null
  duration_ms: number | null
  url?: string
  signature?: string
  message_sid?: string
  message_status?: string
  attempt?: number
  error?: string | null
}

export interface Settings {
  account_sid: string
  auth_token: string | null
  messaging_services: { sid: string; senders: string[]; inbound_url?: string | null }[]
  inbound_url: string | null
}

export interface Clock {
  now: string
  kind: 'real' | 'manual'
}
