import { Buffer } from 'node:buffer'
import { integerAt, isObject, parseJson, textAt } from './answer.ts'
import type { JsonObject } from './answer.ts'
import { TwilioConfigError, TwilioError, TwilioNoReplyError, TwilioReplyError } from './errors.ts'
import { systemCode } from './errors.ts'
import { isSuccess } from './transport.ts'
import type { Transport, TransportReply } from './transport.ts'

/** Twilio serves each product from a host of its own. */
export type Product = 'api' | 'verify' | 'lookups' | 'messaging'

/** A value of a form field; a list is sent as a repeated field, `undefined` not at all. */
export type FormValue = string | number | boolean | Date | readonly string[] | undefined

export interface Call {
  readonly product: Product
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Begins with a slash; may have a query. */
  readonly path: string
  readonly form?: Readonly<Record<string, FormValue>>
  /** Whether making the call twice does no more than making it once. */
  readonly repeatable: boolean
}

/** Makes calls with the account's credentials. */
export interface Caller {
  readonly accountSid: string
  readonly verifyServiceSid: string | undefined
  /** Makes a call that answers with a JSON object. */
  call(call: Call): Promise<JsonObject>
  /** Makes a call that answers with nothing. */
  callForNothing(call: Call): Promise<void>
}

export interface CallerOptions {
  readonly accountSid: string
  readonly verifyServiceSid: string | undefined
  /** The user name and password of HTTP Basic. */
  readonly user: string
  readonly password: string
  readonly origins: Readonly<Record<Product, string>>
  readonly transport: Transport
  readonly now: () => number
}

export function createCaller(options: CallerOptions): Caller {
  const { accountSid, verifyServiceSid, origins, transport, now } = options
  const basic = Buffer.from(`${options.user}:${options.password}`).toString('base64')
  const headers = {
    authorization: `Basic ${basic}`,
    accept: 'application/json',
    'user-agent': 'hsb-twilio-sms',
  }
  const formHeaders = { ...headers, 'content-type': 'application/x-www-form-urlencoded' }

  async function send(call: Call): Promise<TransportReply> {
    const { method, path, form, product } = call
    const body = form === undefined ? undefined : encodeForm(form)
    const request = {
      method,
      origin: origins[product],
      path,
      headers: body === undefined ? headers : formHeaders,
      body,
    }
    let reply: TransportReply
    try {
      reply = await transport.send(request)
    } catch (error) {
      if (error instanceof TwilioError) throw error
      throw new TwilioNoReplyError('maybe', systemCode(error) ?? 'transport-failed', error)
    }
    if (!isSuccess(reply.status)) throw refusal(call, reply, now)
    return reply
  }

  return {
    accountSid,
    verifyServiceSid,
    async call(call) {
      const reply = await send(call)
      const type = headerOf(reply, 'content-type')
      // A page of a proxy or a hotel's login answers 200 too. That Twilio acted is then not sure.
      if (type !== undefined && !/\bjson\b/i.test(type)) {
        throw new TwilioNoReplyError('maybe', 'wrong-content-type')
      }
      const json = parseJson(reply.body)
      if (!isObject(json)) throw new TwilioNoReplyError('maybe', 'not-json')
      return json
    },
    async callForNothing(call) {
      const reply = await send(call)
      if (reply.status !== 204) throw new TwilioNoReplyError('maybe', 'unexpected-answer')
    },
  }
}

/** Writes a form, or a query: the two have the same grammar. */
export function encodeForm(form: Readonly<Record<string, FormValue>>): string {
  const fields = new URLSearchParams()
  for (const [name, value] of Object.entries(form)) {
    if (value === undefined) continue
    if (isList(value)) for (const item of value) fields.append(name, item)
    else fields.append(name, value instanceof Date ? secondsOf(name, value) : String(value))
  }
  return fields.toString()
}

function isList(value: FormValue): value is readonly string[] {
  return Array.isArray(value)
}

// Twilio wants YYYY-MM-DDTHH:MM:SSZ; with milliseconds it answers 35115.
function secondsOf(name: string, date: Date): string {
  if (Number.isNaN(date.getTime())) throw new TwilioConfigError(name, 'is not a valid date')
  return `${date.toISOString().slice(0, 19)}Z`
}

/**
 * Writes a value into a path. The plus sign of a phone number stays, as Twilio's own library
 * leaves it; a value of dots alone would climb to another resource.
 */
export function pathSegment(option: string, value: string): string {
  if (!/[^.]/.test(value)) throw new TwilioConfigError(option, 'is not usable in an address')
  return encodeURIComponent(value).replaceAll('%2B', '+')
}

/** Refuses a SID that is not two given letters and 32 hexadecimal digits. */
export function checkSid(option: string, value: unknown, ...kinds: readonly string[]): string {
  const isSid =
    typeof value === 'string' &&
    kinds.includes(value.slice(0, 2)) &&
    /^[0-9a-f]{32}$/i.test(value.slice(2))
  if (isSid) return value
  throw new TwilioConfigError(option, `must be ${kinds.join(' or ')} and 32 hexadecimal digits`)
}

function refusal(call: Call, reply: TransportReply, now: () => number): TwilioReplyError {
  const json = parseJson(reply.body)
  const body = isObject(json) ? json : {}
  const requestId = headerOf(reply, 'twilio-request-id')
  return new TwilioReplyError({
    httpStatus: reply.status,
    code: integerAt(body, 'code'),
    repeatable: call.repeatable,
    retryAfterSeconds: retryAfterOf(reply, now),
    requestId: requestId !== undefined && /^\w{1,64}$/.test(requestId) ? requestId : undefined,
    detail: textAt(body, 'message') ?? textAt(body, 'detail'),
  })
}

// RFC 9110, 10.2.3: seconds, or a date. A date is measured from the answer's own Date header where
// there is one, so that a wrong clock on either side does no harm.
function retryAfterOf(reply: TransportReply, now: () => number): number | undefined {
  const value = headerOf(reply, 'retry-after')
  if (value === undefined) return undefined
  if (/^\d{1,9}$/.test(value)) return Number(value)
  const until = httpDate(value)
  if (until === undefined) return undefined
  const from = httpDate(headerOf(reply, 'date')) ?? now()
  return Math.max(0, Math.ceil((until - from) / 1000))
}

// Date.parse alone takes "5" for a month.
function httpDate(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return undefined
  const time = Date.parse(text)
  return Number.isNaN(time) ? undefined : time
}

function headerOf(reply: TransportReply, name: string): string | undefined {
  const value = reply.headers[name]
  return typeof value === 'string' ? value : value?.[0]
}
