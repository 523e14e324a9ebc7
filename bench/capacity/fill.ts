// Finished messages as the app leaves them, with the five events of a text that goes well: accepted by
// us, being sent, taken by the carrier, sent, delivered. Written by the server itself.

/** How the rows of one filling are made. */
export interface Filling {
  /** Where they go. */
  log: string
  event: string
  /** The first one's number; no two have the same. */
  first: number
  count: number
  /** Epoch milliseconds. */
  from: number
  until: number
}

const digits = 'lower(to_hex(at))'

/** One message each: a half has an `Idempotency-Key`, 93 of 100 are delivered. */
export function fillMessages({ log, first, count, from, until }: Filling): string {
  return `
    insert into ${log} (id, channel, direction, to_phone, from_phone, message, status, status_rank,
      provider_msg_id, error_code, num_segments, price, price_unit, priority, expires_at, attempts,
      attempted_at, polls, last_event_time, created_at, updated_at, idempotency_key, request_hash)
    select ${idOf('n', 'at')}, 'sms', 'outbound', '+1415' || lpad((n * 7919 % 2000000)::text, 7, '0'),
      '+15005550006', 'Your parcel ' || n || ' is on its way and will be with you tomorrow between '
        || '9 and 11. Track it: https://example.com/t/' || left(digest, 10),
      status, rank, 'SM' || md5('sid' || n), case when status in ('UNDELIVERED', 'FAILED') then 30003 end,
      1, '-0.00790', 'USD', 1, at + 14400000, 1, at + 40, 0, at + 4000, at, at + 4000,
      case when n % 2 = 0 then left(encode(sha256(('key' || n)::bytea), 'base64'), 43) end,
      case when n % 2 = 0 then left(encode(sha256(('body' || n)::bytea), 'base64'), 43) end
    from (${numbers({ first, count, from, until })}) as numbers
    cross join lateral (select
      case when n % 100 < 93 then 'DELIVERED' when n % 100 < 96 then 'UNDELIVERED'
        when n % 100 < 98 then 'FAILED' else 'SENT' end as status,
      case when n % 100 < 98 then 4 else 3 end as rank) as endings`
}

/** Five events each, in the order in which they would be stored. */
export function fillEvents({ event, first, count, from, until }: Filling): string {
  return `
    insert into ${event} (id, message_id, provider_msg_id, status, source, applied, detail, attempt,
      dedupe_key, created_at)
    select n * 5 + k, ${idOf('n', 'at')}, case when k >= 2 then sid end,
      (array['QUEUED', 'SENDING', 'ACCEPTED', 'SENT', 'DELIVERED'])[k + 1],
      (array['api', 'worker', 'worker', 'callback', 'callback'])[k + 1], 1,
      (array[null, null, 'queued', 'sent', 'delivered'])[k + 1], case when k >= 1 then 1 end,
      case when k >= 3 then 'sms:msg:' || sid || (array[':sent', ':delivered'])[k - 2] end,
      at + k * 1000
    from (${numbers({ first, count, from, until })}) as numbers
    cross join lateral (select 'SM' || md5('sid' || n) as sid) as sids
    cross join generate_series(0, 4) as events (k)`
}

function numbers({ first, count, from, until }: Omit<Filling, 'log' | 'event'>): string {
  return `
    select n, md5(n::text) as digest,
      ${from} + ((n - ${first}) * ${(until - from) / count})::bigint as at
    from generate_series(${first}::bigint, ${first + count - 1}::bigint) as series (n)`
}

function idOf(n: string, at: string): string {
  const hex = digits.replace('at', at)
  return `(select substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-7' || lpad(to_hex(${n} & 4095), 3, '0')
    || '-8' || left(digest, 3) || '-' || substr(digest, 4, 12) from lpad(${hex}, 12, '0') as hex (h))`
}
