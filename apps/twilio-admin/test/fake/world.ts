import type { MessageDetail, MessageEvent, Row } from '../../page/wire.ts'

/** A message of the fake: what the API tells of it, and what it hides. */
export interface FakeMessage {
  detail: MessageDetail
  text: string | null
  phone: string
}

/** How the next message ends. */
export interface Fate {
  status: 'DELIVERED' | 'UNDELIVERED' | 'FAILED'
  code: number | null
}

/** What the fake server knows; a test may change whatever it likes. */
export interface World {
  messages: FakeMessage[]
  fate: Fate
  /** Told of every change. */
  listeners: Set<(event: 'message' | 'queue') => void>
  changed(event?: 'message' | 'queue'): void
  add(fields: NewMessage): FakeMessage
  /** Adds a step; time is when it happened. */
  step(message: FakeMessage, status: string, more?: Partial<MessageEvent>): void
  find(id: string): FakeMessage | undefined
}

/** A message to be made up. */
export interface NewMessage {
  text: string
  phone?: string
  at?: number
  row?: Partial<Row>
}

const advice: Record<number, MessageDetail['error']> = {
  30003: {
    code: 30003,
    meaning: 'Unreachable destination handset',
    class: 'passing',
    advice: 'The phone is off or out of reach. Sending again later may help.',
  },
  30005: {
    code: 30005,
    meaning: 'Unknown destination handset',
    class: 'final',
    advice: 'Nobody has this number, or it takes no texts. Do not send again.',
  },
}

/** The number as it is shown: its middle hidden. */
export function masked(phone: string): string {
  return `${phone.slice(0, 5)}*****${phone.slice(-2)}`
}

/** An empty world. */
export function createWorld(): World {
  let made = 0
  const byId = new Map<string, FakeMessage>()
  const world: World = {
    messages: [],
    fate: { status: 'DELIVERED', code: null },
    listeners: new Set(),
    changed(event = 'message') {
      for (const listener of world.listeners) listener(event)
    },
    find: (id) => byId.get(id),
    add({ text, phone = '+14155550171', at = Date.now(), row = {} }) {
      const created = new Date(at).toISOString()
      const isIn = row.direction === 'inbound'
      const id = `01a203fc-${String(++made).padStart(4, '0')}-7000-8635-3007e328d8ea`
      const message: FakeMessage = {
        text,
        phone,
        detail: {
          message: {
            id,
            direction: 'outbound',
            channel: 'sms',
            to_phone: isIn ? '+15005550006' : masked(phone),
            from_phone: isIn ? masked(phone) : '+15005550006',
            status: 'QUEUED',
            error_code: null,
            num_segments: null,
            price: null,
            price_unit: null,
            is_verification: false,
            resend_of: null,
            created_at: created,
            updated_at: created,
            provider_msg_id: null,
            attempts: 0,
            send_at: null,
            expires_at: new Date(at + 4 * 3_600_000).toISOString(),
            metadata_keys: ['order'],
            ...row,
          },
          events: [],
          error: null,
          actions: ['redact'],
          resends: [],
        },
      }
      world.messages.unshift(message)
      byId.set(id, message)
      world.step(message, message.detail.message.status, { at: created, source: 'api' })
      return message
    },
    step({ detail }, status, more = {}) {
      const at = more.at ?? new Date().toISOString()
      detail.events.push({
        at,
        status,
        source: 'callback',
        applied: true,
        attempt: 1,
        error_code: null,
        detail: null,
        ...more,
      })
      if (more.applied === false) return
      const code = more.error_code ?? null
      Object.assign(detail.message, { status, error_code: code, updated_at: at })
      detail.error = code === null ? null : (advice[code] ?? null)
      const isOver = /^(DELIVERED|UNDELIVERED|FAILED|CANCELED|RECEIVED)$/.test(status)
      const isOpen = status === 'QUEUED' || status === 'SCHEDULED'
      detail.actions = [
        ...(isOver && detail.message.direction === 'outbound' ? ['resend'] : []),
        ...(isOpen ? ['cancel'] : []),
        'redact',
      ]
      world.changed()
    },
  }
  return world
}

/** What becomes of a message at the carrier, all at once or spread over the past. */
export function carryOn(world: World, message: FakeMessage, fate: Fate, start?: number): void {
  const { message: row } = message.detail
  if (row.status !== 'QUEUED') return
  const at = (ms: number) => (start === undefined ? {} : { at: new Date(start + ms).toISOString() })
  row.provider_msg_id = `SM${row.id.replaceAll('-', '')}`
  row.attempts = 1
  row.num_segments = 1 + Math.floor((message.text?.length ?? 0) / 160)
  world.step(message, 'SENDING', { source: 'worker', ...at(196) })
  world.step(message, 'SENT', at(863))
  world.step(message, fate.status, {
    error_code: fate.code,
    detail: fate.code === null ? null : 'The destination handset is switched off.',
    ...at(1960),
  })
  world.step(message, 'SENT', { applied: false, detail: 'came a second time', ...at(2400) })
  Object.assign(row, { price: '-0.00790', price_unit: 'USD' })
}
