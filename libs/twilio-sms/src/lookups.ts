import { booleanAt, dateAt, integerAt, listAt, objectAt, textAt, wordOf } from './answer.ts'
import type { JsonObject } from './answer.ts'
import { encodeForm, pathSegment } from './call.ts'
import type { Caller } from './call.ts'
import { TwilioNoReplyError } from './errors.ts'

const lineTypes = [
  'landline',
  'mobile',
  'fixed-voip',
  'non-fixed-voip',
  'personal',
  'toll-free',
  'premium',
  'shared-cost',
  'uan',
  'voicemail',
  'pager',
] as const

/** What kind of line a number is. */
export type LineType = (typeof lineTypes)[number] | 'unknown'

/** What a look-up can tell beyond the free answer. Each one costs money. */
export type LookupField = 'line-type' | 'pumping-risk'

/** The line behind a number and its carrier. */
export interface LineInfo {
  readonly type: LineType
  readonly carrierName: string | undefined
  readonly mobileCountryCode: string | undefined
  readonly mobileNetworkCode: string | undefined
  /** Why this part could not be told; see `describeCode`. */
  readonly errorCode: number | undefined
}

/** How likely sending to a number serves somebody who earns by the traffic. */
export interface PumpingRisk {
  /** 0 (none) to 100. */
  readonly score: number | undefined
  readonly carrierRisk: string | undefined
  readonly blocked: boolean | undefined
  readonly blockedAt: Date | undefined
  readonly blockedLastThreeMonths: boolean | undefined
  /** Why this part could not be told; see `describeCode`. */
  readonly errorCode: number | undefined
}

/** What Twilio knows about a number. A bad number is no error: `valid` is false. */
export interface NumberInfo {
  readonly valid: boolean
  /** E.164 where the number is valid, else what was asked for. */
  readonly phone: string
  readonly validationErrors: readonly string[]
  readonly countryCode: string | undefined
  readonly callingCountryCode: string | undefined
  readonly nationalFormat: string | undefined
  /** Only if `line-type` was asked for. */
  readonly line: LineInfo | undefined
  /** Only if `pumping-risk` was asked for. */
  readonly pumpingRisk: PumpingRisk | undefined
}

/** How to look a number up. */
export interface LookupOptions {
  /** Without fields a look-up is free. */
  readonly fields?: readonly LookupField[] | undefined
  /** ISO 3166, for a number in national form; Twilio takes it for a US number otherwise. */
  readonly countryCode?: string | undefined
}

/** Asking about numbers. */
export interface Lookups {
  /** Asks Twilio about a number. Pass E.164, or a national form and its country. */
  lookUpNumber(phone: string, options?: LookupOptions): Promise<NumberInfo>
}

const fieldNames = {
  'line-type': 'line_type_intelligence',
  'pumping-risk': 'sms_pumping_risk',
} as const satisfies Record<LookupField, string>

export function createLookups(caller: Caller): Lookups {
  return {
    async lookUpNumber(phone, options = {}) {
      const { fields = [], countryCode } = options
      const query = encodeForm({
        Fields: fields.map((field) => fieldNames[field]).join(',') || undefined,
        CountryCode: countryCode,
      })
      const path = `/v2/PhoneNumbers/${pathSegment('phone', phone)}${query && `?${query}`}`
      const call = { product: 'lookups', method: 'GET', path, repeatable: true } as const
      return readNumber(await caller.call(call), phone)
    },
  }
}

function readNumber(json: JsonObject, asked: string): NumberInfo {
  const valid = booleanAt(json, 'valid')
  if (valid === undefined) throw new TwilioNoReplyError('maybe', 'no-verdict')
  const line = objectAt(json, 'line_type_intelligence')
  const risk = objectAt(json, 'sms_pumping_risk')
  const errors = listAt(json, 'validation_errors') ?? []
  return {
    valid,
    phone: textAt(json, 'phone_number') ?? asked,
    validationErrors: errors.filter((error) => typeof error === 'string'),
    countryCode: textAt(json, 'country_code'),
    callingCountryCode: textAt(json, 'calling_country_code'),
    nationalFormat: textAt(json, 'national_format'),
    line: line && readLine(line),
    pumpingRisk: risk && readRisk(risk),
  }
}

function readLine(json: JsonObject): LineInfo {
  // `nonFixedVoip` and `tollFree` become words of ours.
  const type = textAt(json, 'type')?.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  return {
    type: wordOf(type, lineTypes),
    carrierName: textAt(json, 'carrier_name'),
    mobileCountryCode: textAt(json, 'mobile_country_code'),
    mobileNetworkCode: textAt(json, 'mobile_network_code'),
    errorCode: integerAt(json, 'error_code'),
  }
}

function readRisk(json: JsonObject): PumpingRisk {
  return {
    score: integerAt(json, 'sms_pumping_risk_score'),
    carrierRisk: textAt(json, 'carrier_risk_category'),
    blocked: booleanAt(json, 'number_blocked'),
    blockedAt: dateAt(json, 'number_blocked_date'),
    blockedLastThreeMonths: booleanAt(json, 'number_blocked_last_3_months'),
    errorCode: integerAt(json, 'error_code'),
  }
}
