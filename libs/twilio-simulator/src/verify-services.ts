import type { Answer } from './answers.ts'
import { created, invalid, noContent, notFound, ok, refuse } from './answers.ts'
import { matchPath, plainRoute } from './call.ts'
import type { Call, Route } from './call.ts'
import type { Clock } from './clock.ts'
import { iso8601 } from './dates.ts'
import { onePage } from './paging.ts'
import type { Settings } from './settings.ts'
import type { Dice } from './sids.ts'

/** A Verify service: the rules its verifications follow. */
export interface VerifyService {
  readonly sid: string
  friendlyName: string
  codeLength: number
  customCodeEnabled: boolean
  readonly lifetimeMs: number
  readonly createdAt: Date
  updatedAt: Date
}

export interface VerifyServices {
  find(sid: string): VerifyService | undefined
  route(call: Call): Route | undefined
  /** Back to the one service of the settings. */
  reset(): void
}

export function createVerifyServices(tools: {
  settings: Settings
  clock: Clock
  dice: Dice
}): VerifyServices {
  const { settings, clock, dice } = tools
  const services = new Map<string, VerifyService>()
  const add = (sid: string, rules: Omit<VerifyService, 'sid' | 'createdAt' | 'updatedAt'>) => {
    const service = { ...rules, sid, createdAt: clock.now(), updatedAt: clock.now() }
    services.set(sid, service)
    return service
  }
  const reset = () => {
    services.clear()
    add(settings.verifyService.sid, settings.verifyService)
  }
  reset()

  const show = (service: VerifyService, origin: string) =>
    showService(service, settings.accountSid, origin)
  const create = ({ form, origin }: Call): Answer => {
    if (!form.get('FriendlyName')) return invalid('FriendlyName')
    const service = add(dice.sid('VA'), { ...settings.verifyService, customCodeEnabled: false })
    const refusal = change(service, form)
    if (!refusal) return created(show(service, origin))
    services.delete(service.sid)
    return refusal
  }
  const update = (service: VerifyService, { form, origin }: Call): Answer => {
    const refusal = change(service, form)
    if (refusal) return refusal
    service.updatedAt = clock.now()
    return ok(show(service, origin))
  }
  const remove = (service: VerifyService): Answer => {
    services.delete(service.sid)
    return noContent
  }

  return {
    find: (sid) => services.get(sid),
    reset,
    route(call) {
      if (call.path === '/v2/Services') {
        if (call.method === 'POST') return plainRoute(() => create(call))
        if (call.method !== 'GET') return plainRoute(() => refuse(20004))
        const shown = [...services.values()].map((service) => show(service, call.origin))
        const meta = onePage(`${call.origin}${call.path}`, 'services')
        return plainRoute(() => ok({ meta, services: shown }))
      }
      const [sid] = matchPath('/v2/Services/:sid', call.path) ?? []
      if (sid === undefined) return undefined
      const service = services.get(sid)
      if (!service) return plainRoute(() => notFound(call.path.replace('/v2', '')))
      if (call.method === 'GET') return plainRoute(() => ok(show(service, call.origin)))
      if (call.method === 'POST') return plainRoute(() => update(service, call))
      if (call.method === 'DELETE') return plainRoute(() => remove(service))
      return plainRoute(() => refuse(20004))
    },
  }
}

function change(service: VerifyService, form: URLSearchParams): Answer | undefined {
  const name = form.get('FriendlyName')
  // More than four digits could be taken for the code.
  if (name && (name.length > 32 || name.replace(/\D/g, '').length > 4))
    return invalid('FriendlyName')
  const length = form.get('CodeLength')
  if (length && !/^([4-9]|10)$/.test(length)) return invalid('CodeLength')
  if (name) service.friendlyName = name
  if (length) service.codeLength = Number(length)
  if (form.has('CustomCodeEnabled'))
    service.customCodeEnabled = form.get('CustomCodeEnabled') === 'true'
  return undefined
}

function showService(
  service: VerifyService,
  accountSid: string,
  origin: string,
): Record<string, unknown> {
  const url = `${origin}/v2/Services/${service.sid}`
  return {
    sid: service.sid,
    account_sid: accountSid,
    friendly_name: service.friendlyName,
    code_length: service.codeLength,
    lookup_enabled: false,
    psd2_enabled: false,
    skip_sms_to_landlines: false,
    dtmf_input_required: true,
    tts_name: null,
    do_not_share_warning_enabled: false,
    custom_code_enabled: service.customCodeEnabled,
    push: { include_date: false, apn_credential_sid: null, fcm_credential_sid: null },
    totp: { issuer: null, time_step: null, code_length: null, skew: null },
    whatsapp: { msg_service_sid: null, from: null },
    passkeys: {
      relying_party: { id: null, name: null, origins: null },
      authenticator_attachment: null,
      discoverable_credentials: null,
      user_verification: null,
    },
    default_template_sid: null,
    verify_event_subscription_enabled: false,
    date_created: iso8601(service.createdAt),
    date_updated: iso8601(service.updatedAt),
    url,
    links: {
      verification_checks: `${url}/VerificationCheck`,
      verifications: `${url}/Verifications`,
      rate_limits: `${url}/RateLimits`,
      messaging_configurations: `${url}/MessagingConfigurations`,
      entities: `${url}/Entities`,
      webhooks: `${url}/Webhooks`,
      access_tokens: `${url}/AccessTokens`,
    },
  }
}
