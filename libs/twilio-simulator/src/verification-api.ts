import type { Answer } from './answers.ts'
import { created, invalid, notFound, ok, refuse } from './answers.ts'
import { matchPath, plainRoute } from './call.ts'
import type { Call, Route } from './call.ts'
import { iso8601 } from './dates.ts'
import type { Settings } from './settings.ts'
import { verificationChannels } from './verifications.ts'
import type { Verification, VerificationChannel, Verifications } from './verifications.ts'
import type { VerifyService, VerifyServices } from './verify-services.ts'

interface VerificationTools {
  settings: Settings
  services: VerifyServices
  verifications: Verifications
}

/** The calls of Verify v2, or undefined when the path is another one. */
export function routeVerifications(call: Call, tools: VerificationTools): Route | undefined {
  const { services, verifications } = tools
  const root = '/v2/Services/:service'
  const missing = notFound(call.path.replace('/v2', ''))
  const [startAt] = matchPath(`${root}/Verifications`, call.path) ?? []
  const [checkAt] = matchPath(`${root}/VerificationCheck`, call.path) ?? []
  const [oneAt, one = ''] = matchPath(`${root}/Verifications/:sid`, call.path) ?? []
  const serviceSid = startAt ?? checkAt ?? oneAt
  if (serviceSid === undefined) return services.route(call)
  const service = services.find(serviceSid)
  if (!service) return plainRoute(() => missing)

  if (startAt !== undefined && call.method === 'POST') {
    const to = call.form.get('To') ?? undefined
    return { operation: 'verifications.create', to, run: () => start(call, service, tools) }
  }
  if (checkAt !== undefined && call.method === 'POST') {
    const wanted = call.form.get('To') ?? call.form.get('VerificationSid') ?? ''
    const to = verifications.findPending(serviceSid, wanted)?.to ?? call.form.get('To') ?? undefined
    return { operation: 'verification-check', to, run: () => check(call, service, tools) }
  }
  if (oneAt === undefined || (call.method !== 'GET' && call.method !== 'POST'))
    return plainRoute(() => refuse(20004))
  const verification = verifications.findPending(serviceSid, one)
  const show = (found: Verification) => ok(showVerification(found, tools.settings, call.origin))
  if (call.method === 'GET') {
    const run = () => (verification ? show(verification) : missing)
    return { operation: 'verifications.fetch', to: verification?.to, run }
  }
  const run = () => {
    if (!verification) return missing
    const status = call.form.get('Status')
    if (status !== 'approved' && status !== 'canceled') return invalid('Status')
    verifications.end(verification, status)
    return show(verification)
  }
  return { operation: 'verifications.update', to: verification?.to, run }
}

function start(call: Call, service: VerifyService, tools: VerificationTools): Answer {
  const text = (name: string) => call.form.get(name) || undefined
  const to = text('To')?.trim() ?? ''
  const channel = text('Channel')
  const customCode = text('CustomCode')
  if (!isChannel(channel)) return invalid(`Channel: ${channel ?? ''}`)
  const pattern = channel === 'email' ? /^[^@\s]+@[^@\s]+$/ : /^\+[1-9]\d{6,14}$/
  if (!pattern.test(to)) return invalid(`To: ${to}`)
  if (customCode !== undefined && !service.customCodeEnabled) return refuse(60204)
  if (customCode !== undefined && !/^.{4,10}$/.test(customCode)) return invalid('CustomCode')
  const friendlyName = text('CustomFriendlyName')
  if (friendlyName !== undefined && friendlyName.replace(/\D/g, '').length > 4)
    return invalid('CustomFriendlyName')
  const started = tools.verifications.start(service, {
    to,
    channel,
    customCode,
    friendlyName,
    locale: text('Locale'),
    amount: text('Amount'),
    payee: text('Payee'),
  })
  if (started.kind === 'too-many-sends') return refuse(60203)
  return created(showVerification(started.verification, tools.settings, call.origin))
}

function check(call: Call, service: VerifyService, tools: VerificationTools): Answer {
  const code = call.form.get('Code') ?? ''
  const wanted = call.form.get('VerificationSid') || call.form.get('To')
  if (!wanted) return refuse(60221)
  if (!/^.{4,10}$/.test(code)) return invalid('Code')
  const verification = tools.verifications.findPending(service.sid, wanted)
  if (!verification) return notFound(call.path.replace('/v2', ''))
  const outcome = tools.verifications.check(verification, code)
  if (outcome === 'too-many-checks') return refuse(60202)
  return ok({ ...showCommon(verification, tools.settings), sna_attempts_error_codes: [] })
}

function isChannel(text: string | undefined): text is VerificationChannel {
  return verificationChannels.some((channel) => channel === text)
}

/** The keys that a check is answered with too. */
function showCommon(verification: Verification, settings: Settings): Record<string, unknown> {
  const { status } = verification
  return {
    sid: verification.sid,
    service_sid: verification.serviceSid,
    account_sid: settings.accountSid,
    to: verification.to,
    channel: verification.channel,
    status,
    valid: status === 'approved',
    amount: verification.amount ?? null,
    payee: verification.payee ?? null,
    date_created: iso8601(verification.createdAt),
    date_updated: iso8601(verification.updatedAt),
  }
}

function showVerification(
  verification: Verification,
  settings: Settings,
  origin: string,
): Record<string, unknown> {
  const { sid, serviceSid, sends } = verification
  return {
    ...showCommon(verification, settings),
    lookup: {},
    send_code_attempts: sends.map((send) => ({
      time: iso8601(send.at),
      // Twilio writes these in capitals and the newer channels not.
      channel: ['whatsapp', 'sna'].includes(send.channel)
        ? send.channel
        : send.channel.toUpperCase(),
      attempt_sid: send.sid,
    })),
    sna: null,
    url: `${origin}/v2/Services/${serviceSid}/Verifications/${sid}`,
  }
}
