import type { Overview, Queue, Setup, Verification } from '../../page/wire.ts'
import { carryOn, masked } from './world.ts'
import type { World } from './world.ts'

const minute = 60_000
const hour = 60 * minute
const texts = [
  'Your parcel comes tomorrow between 9 and 12.',
  'Reminder: your appointment is on Friday at 14:30. Reply C to confirm.',
  'Your table for two is booked. See you at 19:30!',
]
const phones = ['+14155556879', '+4915123440871', '+33612345898', '+46701234567', '+447700900123']

/** Numbers that look thrown, and are the same at each run. */
export function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

/** A day of a shop: what a list looks like that has been used. */
export function fill(world: World, count = 120): void {
  const roll = dice(7)
  const now = Date.now()
  for (let index = count; index > 0; index--) {
    const at = now - index * 7 * minute
    const phone = phones[Math.floor(roll() * phones.length)] ?? ''
    const text = texts[index % texts.length] ?? ''
    const luck = roll()
    if (luck < 0.08) {
      world.add({ text: 'C', phone, at, row: { direction: 'inbound', status: 'RECEIVED' } })
    } else if (luck < 0.16) {
      carryOn(world, world.add({ text, phone, at }), { status: 'UNDELIVERED', code: 30003 }, at)
    } else if (luck < 0.2) {
      carryOn(world, world.add({ text, phone, at }), { status: 'FAILED', code: 30005 }, at)
    } else {
      const row = { is_verification: luck > 0.75 }
      carryOn(world, world.add({ text, phone, at, row }), { status: 'DELIVERED', code: null }, at)
    }
  }
  world.add({ text: 'Later', at: now - 4 * minute, row: { status: 'SCHEDULED' } })
  const doubt = world.add({ text: 'Maybe', phone: phones[3] ?? '', at: now - 3 * minute })
  world.step(doubt, 'IN_DOUBT', { source: 'worker', at: new Date(now - 2 * minute).toISOString() })
  world.add({ text: 'Soon', phone: phones[1] ?? '', at: now - 12_000 })
}

/** The figures of a period, whatever was sent. */
export function overview(range: string): Overview {
  const roll = dice(range.length)
  const [count, each] = range === '30d' ? [30, 24 * hour] : [range === '7d' ? 168 : 24, hour]
  const end = Math.floor(Date.now() / hour) * hour
  const buckets = Array.from({ length: count }, (_, index) => {
    const size = (each / hour) * (60 + 90 * Math.sin((index / count) * Math.PI) + roll() * 30)
    const sent = Math.round(size)
    const failed = Math.round(sent * 0.02 * roll() * 2)
    const undelivered = Math.round(sent * 0.05 * roll() * 2)
    return {
      at: new Date(end - (count - index) * each).toISOString(),
      sent,
      delivered: sent - failed - undelivered,
      undelivered,
      failed,
      in_doubt: roll() > 0.9 ? 1 : 0,
      cost: [{ unit: 'USD', amount: (sent * 0.0079).toFixed(4) }],
      delivery_median_s: index === 5 ? null : 1.8 + roll(),
      delivery_p95_s: index === 5 ? null : 5 + roll() * 6,
      verifications_started: Math.round(sent * 0.3),
      verifications_approved: Math.round(sent * 0.24),
    }
  })
  const sum = (name: 'sent' | 'delivered' | 'undelivered' | 'failed' | 'in_doubt') =>
    buckets.reduce((all, bucket) => all + bucket[name], 0)
  const sent = sum('sent')
  const totals = {
    sent,
    delivered: sum('delivered'),
    undelivered: sum('undelivered'),
    failed: sum('failed'),
    in_doubt: sum('in_doubt'),
    cost: [{ unit: 'USD', amount: (sent * 0.0079).toFixed(4) }],
    delivery_median_s: 2.3,
    delivery_p95_s: 8.1,
  }
  return {
    range,
    from: buckets[0]?.at ?? '',
    to: new Date(end).toISOString(),
    totals,
    previous: {
      ...totals,
      sent: Math.round(sent * 0.96),
      delivered: Math.round(totals.delivered * 0.955),
      failed: Math.round(totals.failed * 1.2),
      cost: [{ unit: 'USD', amount: (sent * 0.0071).toFixed(4) }],
      delivery_median_s: 2.5,
    },
    buckets,
    errors: [
      { code: 30003, meaning: 'Unreachable destination handset', count: 77 },
      { code: 30005, meaning: 'Unknown destination handset', count: 52 },
      { code: 30007, meaning: 'Message filtered', count: 19 },
      { code: 21610, meaning: 'Attempt to send to unsubscribed recipient', count: 8 },
      { code: 63999, meaning: null, count: 1 },
    ],
    verification: {
      started: Math.round(sent * 0.3),
      delivered: Math.round(sent * 0.28),
      approved: Math.round(sent * 0.24),
      failed: 9,
      expired: 61,
      median_seconds: 21,
    },
  }
}

/** Verifications of the last hours, in every state. */
export function verifications(): Verification[] {
  const statuses = ['pending', 'approved', 'approved', 'expired', 'approved', 'canceled']
  return Array.from({ length: 24 }, (_, index) => {
    const status = statuses[index % statuses.length] ?? ''
    const at = Date.now() - (index * 11 + 1) * minute
    return {
      id: `01a203fd-${String(index).padStart(4, '0')}-7000-8635-3007e328d8ea`,
      to_phone: masked(phones[index % phones.length] ?? ''),
      purpose: index % 4 === 3 ? 'password-reset' : 'sign-in',
      channel: index % 7 === 6 ? 'call' : 'sms',
      backend: 'twilio-verify',
      status,
      sends: 1 + (index % 3 === 2 ? 1 : 0),
      attempts: status === 'approved' ? 1 : index % 3,
      created_at: new Date(at).toISOString(),
      expires_at: new Date(at + 10 * minute).toISOString(),
      ended_at: status === 'pending' ? null : new Date(at + 21_000).toISOString(),
    }
  })
}

/** A queue that is at work. */
export function queue(world: World): Queue {
  const rows = world.messages.map(({ detail }) => detail.message)
  const count = (status: string) => rows.filter((row) => row.status === status).length
  const ago = (ms: number) => new Date(Date.now() - ms).toISOString()
  const worker = { host: 'api-1', pid: 4711, in_flight: 3, started_at: ago(5 * hour) }
  return {
    waiting: count('QUEUED'),
    scheduled: count('SCHEDULED'),
    sending: count('SENDING'),
    retrying: 2,
    in_doubt: count('IN_DOUBT'),
    dead_24h: count('FAILED'),
    oldest_seconds: count('QUEUED') > 0 ? 12 : 0,
    is_capped: false,
    breaker: { state: 'closed' },
    paces: [{ sender: '+15005550006', per_second: 1 }],
    rate_per_second: 9.4,
    workers: [
      { id: 'w1', ...worker, beat_at: ago(2000), state: 'alive' },
      { id: 'w2', ...worker, host: 'api-2', in_flight: 0, beat_at: ago(90_000), state: 'silent' },
    ],
    dead: rows.filter(({ status }) => status === 'FAILED').slice(0, 50),
  }
}

/** How the fake says it is set up. */
export function setup(publicUrl: string): Setup {
  return {
    settings: [
      { name: 'publicUrl', value: publicUrl, default: null },
      { name: 'twilio.accountSid', value: 'AC00000000000000000000000000000001', default: null },
      { name: 'twilio.authToken', value: '[secret]', default: null },
      { name: 'twilio.defaultFrom', value: '+15005550006', default: null },
      { name: 'retention.bodyDays', value: 30, default: 30 },
      { name: 'verification.maxAttempts', value: 5, default: 5 },
      { name: 'verification.countries', value: ['US', 'DE', 'SE'], default: 'all' },
    ],
    webhook_urls: {
      status: `${publicUrl}/webhooks/sms/twilio/`,
      inbound: `${publicUrl}/webhooks/sms/twilio/inbound/`,
    },
    health: { ready: true, checks: { database: true, migrations: true, worker: true } },
    refused_callbacks: [
      {
        at: new Date(Date.now() - 5 * minute).toISOString(),
        url: '/webhooks/sms/twilio/',
        diagnosis: ['It was signed for http, and publicUrl says https: the proxy changes it.'],
      },
    ],
  }
}
