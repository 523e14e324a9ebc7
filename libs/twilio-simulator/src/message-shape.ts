import type { Clock } from './clock.ts'
import { rfc2822 } from './dates.ts'
import type { Message } from './message.ts'
import { countSegments } from './segments.ts'
import type { Settings } from './settings.ts'

/** Words for `error_message`; codes: https://www.twilio.com/docs/api/errors. */
const errorMessages: Record<number, string> = {
  30001: 'Queue overflow',
  30002: 'Account suspended',
  30003: 'Unreachable destination handset',
  30004: 'Message blocked',
  30005: 'Unknown destination handset',
  30006: 'Landline or unreachable carrier',
  30007: 'Carrier violation',
  30008: 'Unknown error',
  30036: 'Validity Period Expired',
}

/** A message as the API shows it: 20 keys, all always there. */
export function showMessage(
  message: Message,
  { settings, clock }: { settings: Settings; clock: Clock },
  accountSid = settings.accountSid,
): Record<string, unknown> {
  const path = `/2010-04-01/Accounts/${accountSid}/Messages/${message.sid}`
  const pricedAt = message.sentAt && message.sentAt.getTime() + settings.delays.pricedMs
  const isPriced = pricedAt !== null && pricedAt <= clock.now().getTime()
  // Segments are counted for a sender: there is none yet.
  const segments = message.from === null || message.status === 'scheduled' ? 0 : segmentsOf(message)
  return {
    account_sid: accountSid,
    api_version: '2010-04-01',
    body: message.body,
    date_created: rfc2822(message.createdAt),
    date_sent: message.sentAt && rfc2822(message.sentAt),
    date_updated: rfc2822(message.updatedAt),
    direction: message.direction,
    error_code: message.errorCode,
    error_message: message.errorCode === null ? null : (errorMessages[message.errorCode] ?? null),
    from: message.from,
    messaging_service_sid: message.serviceSid,
    num_media: String(message.mediaUrls.length),
    num_segments: String(segments),
    price: isPriced ? priceOf(message) : null,
    price_unit: message.sentAt ? 'USD' : null,
    sid: message.sid,
    status: message.status,
    subresource_uris: { media: `${path}/Media.json`, feedback: `${path}/Feedback.json` },
    to: message.to,
    uri: `${path}.json`,
  }
}

function segmentsOf(message: Message): number {
  return message.mediaUrls.length > 0 ? 1 : countSegments(message.phoneBody)
}

/** Five decimal places and a minus. */
function priceOf(message: Message): string {
  const cents = message.mediaUrls.length > 0 ? 2 : 0.75 * segmentsOf(message)
  return `-${(cents / 100).toFixed(5)}`
}
