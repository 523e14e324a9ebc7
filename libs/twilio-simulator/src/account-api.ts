import { ok, refuse } from './answers.ts'
import { matchPath, plainRoute } from './call.ts'
import type { Call, Route } from './call.ts'
import type { Clock } from './clock.ts'
import { rfc2822 } from './dates.ts'
import type { Settings } from './settings.ts'
import { cutPage } from './paging.ts'
import { fixedSid } from './sids.ts'

/** The account and its numbers: what programs read to see whether their credentials are good. */
export function routeAccount(
  call: Call,
  { settings, clock }: { settings: Settings; clock: Clock },
): Route | undefined {
  if (call.method !== 'GET') return undefined
  const root = `/2010-04-01/Accounts/${settings.accountSid}`
  const now = rfc2822(clock.now())
  if (matchPath('/2010-04-01/Accounts/:sid.json', call.path)) {
    // An API key may do everything in the account but look at the account itself.
    if (call.credentials === 'api-key') return plainRoute(() => refuse(20003))
    return plainRoute(() => ok(showAccount(settings, root, now)))
  }
  if (!matchPath('/2010-04-01/Accounts/:sid/IncomingPhoneNumbers.json', call.path)) return undefined
  return plainRoute(() => {
    const senders = new Set([
      ...(settings.senders ?? []),
      ...settings.messagingServices.flatMap((service) => service.senders),
    ])
    const numbers = [...senders]
      .filter((sender) => sender.startsWith('+') && fits(sender, call.query.get('PhoneNumber')))
      .map((phone, index) => showNumber(phone, fixedSid('PN', index + 1), settings, root, now))
    const page = cutPage(numbers, call.path, call.query)
    if (page.kind === 'refused') return page.answer
    return ok({ ...page.frame, incoming_phone_numbers: page.items })
  })
}

/** The filter takes parts of numbers, and `*` for any digit. */
function fits(phone: string, wanted: string | null): boolean {
  if (!wanted) return true
  const parts = wanted.split('*').map((part) => part.replaceAll(/[^\d+]/g, '').replace('+', '\\+'))
  return new RegExp(parts.join('\\d')).test(phone)
}

function showAccount(settings: Settings, root: string, now: string): Record<string, unknown> {
  return {
    auth_token: settings.authToken,
    date_created: now,
    date_updated: now,
    friendly_name: 'Simulator',
    owner_account_sid: settings.accountSid,
    sid: settings.accountSid,
    status: 'active',
    subresource_uris: {
      incoming_phone_numbers: `${root}/IncomingPhoneNumbers.json`,
      messages: `${root}/Messages.json`,
    },
    type: 'Full',
    uri: `${root}.json`,
  }
}

function showNumber(phone: string, sid: string, settings: Settings, root: string, now: string) {
  return {
    account_sid: settings.accountSid,
    address_requirements: 'none',
    address_sid: null,
    api_version: '2010-04-01',
    beta: false,
    bundle_sid: null,
    capabilities: { voice: true, sms: true, mms: true, fax: false },
    date_created: now,
    date_updated: now,
    emergency_address_sid: null,
    emergency_address_status: 'unregistered',
    emergency_status: 'Inactive',
    friendly_name: phone,
    identity_sid: null,
    origin: 'twilio',
    phone_number: phone,
    sid,
    sms_application_sid: '',
    sms_fallback_method: 'POST',
    sms_fallback_url: '',
    sms_method: 'POST',
    sms_url: settings.inboundUrl ?? '',
    status: 'in-use',
    status_callback: '',
    status_callback_method: 'POST',
    trunk_sid: null,
    type: 'local',
    uri: `${root}/IncomingPhoneNumbers/${sid}.json`,
    voice_application_sid: '',
    voice_caller_id_lookup: false,
    voice_fallback_method: 'POST',
    voice_fallback_url: '',
    voice_method: 'POST',
    voice_receive_mode: 'voice',
    voice_url: '',
  }
}
