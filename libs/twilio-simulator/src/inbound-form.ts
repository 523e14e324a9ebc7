import type { Message } from './message.ts'
import { countSegments } from './segments.ts'

/** The parameters of an inbound webhook; those of WhatsApp differ, and have no places. */
export function inboundForm(
  message: Message,
  accountSid: string,
  extras: Readonly<Record<string, string>>,
): URLSearchParams {
  const from = message.from ?? ''
  const form = new URLSearchParams({
    ...(from.startsWith('whatsapp:') ? whatsappFields(from) : placeFields),
    SmsMessageSid: message.sid,
    NumMedia: '0',
    SmsSid: message.sid,
    SmsStatus: 'received',
    Body: message.phoneBody,
    To: message.to,
    NumSegments: from.includes(':') ? '1' : String(countSegments(message.phoneBody)),
    MessageSid: message.sid,
    AccountSid: accountSid,
    From: from,
    ApiVersion: '2010-04-01',
  })
  if (message.serviceSid !== null) form.set('MessagingServiceSid', message.serviceSid)
  for (const [name, value] of Object.entries(extras)) form.set(name, value)
  return form
}

// Present and empty where a place is not known; the empty ones are signed like the others.
const placeFields = {
  ToCountry: 'US',
  ToState: '',
  ToCity: '',
  ToZip: '',
  FromCountry: '',
  FromState: '',
  FromCity: '',
  FromZip: '',
}

function whatsappFields(from: string): Record<string, string> {
  return { ProfileName: 'Simulator', WaId: from.replace(/\D/g, ''), MessageType: 'text' }
}
