import { Webhook } from 'standardwebhooks'
import type { HostEvent } from '../domain/host-event.ts'
import type { Secret } from '../domain/secret.ts'
import type { Instant } from '../domain/time.ts'

/**
 * An event as a request: body and headers, signed by each secret.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function webhookRequest(
  event: HostEvent,
  secrets: readonly Secret[],
  now: Instant,
): { headers: Record<string, string>; body: string } {
  const body = JSON.stringify({
    id: event.id,
    type: event.type,
    timestamp: new Date(event.createdAt).toISOString(),
    data: dataOf(event),
  })
  const signatures = secrets.map((secret) =>
    new Webhook(secret.reveal()).sign(event.id, new Date(now), body),
  )
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'hsb-twilio',
      'webhook-id': event.id,
      'webhook-timestamp': String(Math.floor(now / 1_000)),
      'webhook-signature': signatures.join(' '),
    },
  }
}

// The words of the API. What is not known is null, never absent.
function dataOf(event: HostEvent): Record<string, unknown> {
  if ('messageId' in event.data) {
    const { data } = event
    return {
      message_id: data.messageId,
      status: data.status,
      to_phone: data.toPhone,
      from_phone: data.fromPhone ?? null,
      provider_msg_id: data.providerMsgId ?? null,
      error_code: data.errorCode ?? null,
      detail: data.detail ?? null,
      verification_id: data.verificationId ?? null,
      metadata: data.metadata ?? null,
    }
  }
  const { data } = event
  return {
    verification_id: data.verificationId,
    to_phone: data.toPhone,
    purpose: data.purpose,
    channel: data.channel,
  }
}
