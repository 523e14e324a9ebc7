import type { ServerResponse } from 'node:http'

/** What differs from one accepted message to the next: id, to_phone, from_phone, message, now, expires_at. */
export type AcceptedRow = (string | number)[]

let count = 0
/** Ids in rising order, as cheap as can be: random ones would scatter over the pages of the index. */
export function nextId(): string {
  return `01900000-0000-7000-8000-${(++count).toString(16).padStart(12, '0')}`
}

/** The row that is written for a message accepted now. */
export function acceptedRow(text: string): AcceptedRow {
  const now = Date.now()
  const { to_phone, message } = JSON.parse(text) as { to_phone: string; message: string }
  return [nextId(), to_phone, '+15005550006', message, now, now + 14_400_000]
}

/** Answers 202 with the JSON that the app answers with. */
export function answerAccepted(response: ServerResponse, row: AcceptedRow): void {
  const body = answerOf(row)
  response.writeHead(202, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}

function answerOf([id, toPhone, fromPhone, message, now, expiresAt]: AcceptedRow): string {
  const time = new Date(Number(now)).toISOString()
  return JSON.stringify({
    id,
    channel: 'sms',
    direction: 'outbound',
    to_phone: toPhone,
    from_phone: fromPhone,
    messaging_service_sid: null,
    message,
    status: 'QUEUED',
    provider_msg_id: null,
    error_code: null,
    num_segments: null,
    price: null,
    price_unit: null,
    attempts: 0,
    metadata: null,
    send_at: null,
    expires_at: new Date(Number(expiresAt)).toISOString(),
    last_event_time: time,
    created_at: time,
    updated_at: time,
  })
}
