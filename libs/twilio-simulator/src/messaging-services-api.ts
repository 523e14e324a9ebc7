import { notFound, ok, refuse } from './answers.ts'
import { matchPath, plainRoute } from './call.ts'
import type { Call, Route } from './call.ts'
import type { Clock } from './clock.ts'
import { iso8601 } from './dates.ts'
import type { MessagingService } from './options.ts'
import { onePage } from './paging.ts'
import type { Settings } from './settings.ts'
import { fixedSid } from './sids.ts'

/** The kinds of senders in a pool: the part of the path, the key of the list, which senders belong to it. */
const senderKinds = [
  { part: 'PhoneNumbers', key: 'phone_numbers', prefix: 'PN', fits: /^\+/ },
  { part: 'ShortCodes', key: 'short_codes', prefix: 'SC', fits: /^\d/ },
  { part: 'AlphaSenders', key: 'alpha_senders', prefix: 'AI', fits: /^[^+\d]/ },
] as const

/** Messaging Services and their pools, to be read: they are made by the settings. */
export function routeMessagingServices(
  call: Call,
  { settings, clock }: { settings: Settings; clock: Clock },
): Route | undefined {
  const [sid, part] =
    matchPath('/v1/Services/:sid', call.path) ??
    matchPath('/v1/Services/:sid/:part', call.path) ??
    []
  if (sid === undefined) return undefined
  if (call.method !== 'GET') return plainRoute(() => refuse(20004))
  const service = settings.messagingServices.find((one) => one.sid === sid)
  const now = iso8601(clock.now())
  if (service && part === undefined) {
    return plainRoute(() => ok(showService(service, settings.accountSid, call.origin, now)))
  }
  const kind = senderKinds.find((one) => one.part === part)
  if (!service || !kind) return plainRoute(() => notFound(call.path.replace('/v1', '')))
  const { key, prefix, fits } = kind
  const url = `${call.origin}${call.path}`
  const senders = service.senders
    .filter((sender) => fits.test(sender))
    .map((sender, index) => {
      const senderSid = fixedSid(prefix, index + 1)
      return {
        sid: senderSid,
        account_sid: settings.accountSid,
        service_sid: sid,
        date_created: now,
        date_updated: now,
        ...contentOf(key, sender),
        url: `${url}/${senderSid}`,
      }
    })
  const size = Number(call.query.get('PageSize') ?? 50)
  return plainRoute(() => ok({ meta: onePage(url, key, size), [key]: senders }))
}

function contentOf(key: (typeof senderKinds)[number]['key'], sender: string) {
  switch (key) {
    case 'phone_numbers':
      return { phone_number: sender, country_code: 'US', capabilities: ['MMS', 'SMS', 'Voice'] }
    case 'short_codes':
      return { short_code: sender, country_code: 'US', capabilities: ['MMS', 'SMS'] }
    case 'alpha_senders':
      return { alpha_sender: sender, capabilities: ['SMS'] }
  }
}

function showService(
  service: MessagingService,
  accountSid: string,
  origin: string,
  now: string,
): Record<string, unknown> {
  const url = `${origin}/v1/Services/${service.sid}`
  return {
    sid: service.sid,
    account_sid: accountSid,
    friendly_name: 'Simulator',
    date_created: now,
    date_updated: now,
    inbound_request_url: service.inboundUrl ?? null,
    inbound_method: 'POST',
    fallback_url: null,
    fallback_method: 'POST',
    status_callback: service.statusCallback ?? null,
    sticky_sender: true,
    mms_converter: true,
    smart_encoding: false,
    scan_message_content: 'inherit',
    fallback_to_long_code: true,
    area_code_geomatch: true,
    synchronous_validation: false,
    validity_period: 36_000,
    url,
    links: {
      phone_numbers: `${url}/PhoneNumbers`,
      short_codes: `${url}/ShortCodes`,
      alpha_senders: `${url}/AlphaSenders`,
    },
    usecase: 'undeclared',
    us_app_to_person_registered: false,
    use_inbound_webhook_on_number: false,
  }
}
