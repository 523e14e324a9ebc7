import { booleanAt, dateAt, isObject, listAt, textAt, wordAt } from './answer.ts'
import type { JsonObject } from './answer.ts'
import { checkSid, pathSegment } from './call.ts'
import type { Call, Caller, FormValue } from './call.ts'
import { TwilioConfigError, TwilioNoReplyError } from './errors.ts'

const statuses = [
  'pending',
  'approved',
  'canceled',
  'max_attempts_reached',
  'deleted',
  'failed',
  'expired',
] as const

/** Where a verification is. In practice one sees `pending`, `approved` and `canceled`. */
export type VerificationStatus = (typeof statuses)[number] | 'unknown'

const channels = ['sms', 'call', 'email', 'whatsapp', 'sna', 'auto'] as const

/** How a code reaches the person. */
export type VerificationChannel = (typeof channels)[number]

/** One sending of a code. */
export interface VerificationSend {
  readonly sid: string | undefined
  readonly channel: VerificationChannel | 'unknown'
  readonly at: Date | undefined
}

/** A verification at Twilio. Sending again within its ten minutes keeps its SID and its code. */
export interface Verification {
  readonly sid: string
  readonly serviceSid: string | undefined
  readonly accountSid: string | undefined
  readonly to: string | undefined
  readonly channel: VerificationChannel | 'unknown'
  readonly status: VerificationStatus
  readonly sends: readonly VerificationSend[]
  readonly createdAt: Date | undefined
  readonly updatedAt: Date | undefined
}

/** What came of a check. A wrong code is no error: it leaves the verification `pending`. */
export interface VerificationCheck {
  readonly sid: string
  readonly serviceSid: string | undefined
  readonly accountSid: string | undefined
  readonly to: string | undefined
  readonly channel: VerificationChannel | 'unknown'
  readonly status: VerificationStatus
  /** True only if the code was right. */
  readonly valid: boolean
  readonly createdAt: Date | undefined
  readonly updatedAt: Date | undefined
}

/** What to send. Objects go to Twilio as JSON. */
export interface SendTokenInput {
  /** E.164, or an e-mail address for the channel `email`. */
  readonly to: string
  readonly channel: VerificationChannel
  /** Without it Twilio takes the language of the number's country. */
  readonly locale?: string | undefined
  /** A code of ours; the service must allow it, and the outcome is then reported to Twilio. */
  readonly customCode?: string | undefined
  readonly customFriendlyName?: string | undefined
  readonly sendDigits?: string | undefined
  readonly appHash?: string | undefined
  readonly templateSid?: string | undefined
  readonly templateSubstitutions?: Readonly<Record<string, string>> | undefined
  readonly channelConfiguration?: Readonly<Record<string, unknown>> | undefined
  readonly rateLimits?: Readonly<Record<string, string>> | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
  readonly amount?: string | undefined
  readonly payee?: string | undefined
  /** The person's address; asked for with the channel `auto`. */
  readonly deviceIp?: string | undefined
  readonly riskCheck?: 'enable' | 'disable' | undefined
  /** The Verify service (`VA…`), if not the client's. */
  readonly serviceSid?: string | undefined
}

/** Names a verification: by its own SID, or by the number or address it was sent to. */
export type VerificationTarget = { readonly to: string } | { readonly verificationSid: string }

/** Options that every call on a verification takes. */
export interface VerificationOptions {
  /** The Verify service (`VA…`), if not the client's. */
  readonly serviceSid?: string | undefined
}

/**
 * Twilio Verify. After approval, cancel or expiry every call on a verification is refused with
 * 404, code 20404; the sixth check with 429, code 60202; the sixth send with 429, code 60203.
 */
export interface Verifications {
  /** Sends a code; called again within ten minutes it sends the same code again. */
  sendToken(input: SendTokenInput): Promise<Verification>
  /** Checks a code. Each check of a wrong code uses one of Twilio's five attempts. */
  verifyToken(
    target: VerificationTarget,
    code: string,
    options?: VerificationOptions,
  ): Promise<VerificationCheck>
  /** Reads a verification; Twilio allows 60 a minute. */
  fetchVerification(
    target: VerificationTarget,
    options?: VerificationOptions,
  ): Promise<Verification>
  /** Ends a verification, so that its code is good for nothing. */
  cancelVerification(
    target: VerificationTarget,
    options?: VerificationOptions,
  ): Promise<Verification>
  /** Tells Twilio that a code of ours (`customCode`) was right. */
  approveVerification(
    target: VerificationTarget,
    options?: VerificationOptions,
  ): Promise<Verification>
}

export function createVerifications(caller: Caller): Verifications {
  const product = 'verify'

  function rootOf(options: VerificationOptions): string {
    const sid = options.serviceSid ?? caller.verifyServiceSid
    if (sid === undefined) throw new TwilioConfigError('verifyServiceSid', 'is not set')
    return `/v2/Services/${checkSid('serviceSid', sid, 'VA')}`
  }

  async function one(
    target: VerificationTarget,
    options: VerificationOptions,
    how: Pick<Call, 'method' | 'form'>,
  ): Promise<Verification> {
    const path = `${rootOf(options)}/Verifications/${segmentOf(target)}`
    return readVerification(await caller.call({ product, path, repeatable: true, ...how }))
  }

  return {
    async sendToken(input) {
      const path = `${rootOf(input)}/Verifications`
      const form = formOf(input)
      const call = { product, method: 'POST', path, form, repeatable: false } as const
      return readVerification(await caller.call(call))
    },
    async verifyToken(target, code, options = {}) {
      const path = `${rootOf(options)}/VerificationCheck`
      const form =
        'to' in target
          ? { To: target.to, Code: code }
          : { VerificationSid: target.verificationSid, Code: code }
      const call = { product, method: 'POST', path, form, repeatable: false } as const
      return readCheck(await caller.call(call))
    },
    fetchVerification: (target, options = {}) => one(target, options, { method: 'GET' }),
    cancelVerification: (target, options = {}) =>
      one(target, options, { method: 'POST', form: { Status: 'canceled' } }),
    approveVerification: (target, options = {}) =>
      one(target, options, { method: 'POST', form: { Status: 'approved' } }),
  }
}

function segmentOf(target: VerificationTarget): string {
  if ('to' in target) return pathSegment('to', target.to)
  return checkSid('verificationSid', target.verificationSid, 'VE')
}

// https://www.twilio.com/docs/verify/api/verification#start-new-verification
function formOf(input: SendTokenInput): Readonly<Record<string, FormValue>> {
  return {
    To: input.to,
    Channel: input.channel,
    Locale: input.locale,
    CustomCode: input.customCode,
    CustomFriendlyName: input.customFriendlyName,
    SendDigits: input.sendDigits,
    AppHash: input.appHash,
    TemplateSid: input.templateSid,
    TemplateCustomSubstitutions: jsonOf(input.templateSubstitutions),
    ChannelConfiguration: jsonOf(input.channelConfiguration),
    RateLimits: jsonOf(input.rateLimits),
    Tags: jsonOf(input.tags),
    Amount: input.amount,
    Payee: input.payee,
    DeviceIp: input.deviceIp,
    RiskCheck: input.riskCheck,
  }
}

function jsonOf(value: object | undefined): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value)
}

function readVerification(json: JsonObject): Verification {
  const sends = (listAt(json, 'send_code_attempts') ?? []).filter(isObject)
  return {
    ...readCommon(json),
    sends: sends.map((send) => ({
      sid: textAt(send, 'attempt_sid'),
      // `SMS` and `EMAIL`, but `whatsapp` and `sna`: compared without case.
      channel: wordAt(send, 'channel', channels),
      at: dateAt(send, 'time'),
    })),
  }
}

// Approved needs both signs: a code must never pass on half an answer.
function readCheck(json: JsonObject): VerificationCheck {
  const common = readCommon(json)
  return { ...common, valid: booleanAt(json, 'valid') === true && common.status === 'approved' }
}

function readCommon(json: JsonObject): Omit<Verification, 'sends'> {
  const sid = textAt(json, 'sid')
  if (sid === undefined || !/^VE[0-9a-f]{32}$/i.test(sid)) {
    throw new TwilioNoReplyError('maybe', 'no-sid')
  }
  return {
    sid,
    serviceSid: textAt(json, 'service_sid'),
    accountSid: textAt(json, 'account_sid'),
    to: textAt(json, 'to'),
    channel: wordAt(json, 'channel', channels),
    status: wordAt(json, 'status', statuses),
    createdAt: dateAt(json, 'date_created'),
    updatedAt: dateAt(json, 'date_updated'),
  }
}
