import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { readPlain } from './phone-plans.ts'

declare const checked: unique symbol

/** A phone number in E.164 form that the numbering plans know, such as `+14155552671`. */
export type Phone = string & { readonly [checked]: 'phone' }

/** The line types of libphonenumber's metadata, with `unknown` where a plan does not tell. */
export type PhoneType =
  | 'mobile'
  | 'fixed-line'
  | 'fixed-line-or-mobile'
  | 'premium'
  | 'toll-free'
  | 'shared-cost'
  | 'voip'
  | 'personal'
  | 'pager'
  | 'uan'
  | 'voicemail'
  | 'satellite'
  | 'unknown'

/** What the numbering plans say of a number. `country` is ISO 3166-1 alpha-2, absent for global codes. */
export interface PhoneFacts {
  phone: Phone
  country: string | undefined
  callingCode: string
  type: PhoneType
}

/** The strict shape. libphonenumber alone would accept `+14155552671<script>`. */
const e164 = /^\+[1-9]\d{6,14}$/

/** True for text that has the E.164 shape; the numbering plans are not asked. */
export function hasPhoneShape(text: string): text is Phone {
  return e164.test(text)
}

/** The facts of a valid number, `undefined` for anything else. Spaces, brackets, `00`: refused. */
export function readPhone(text: string): PhoneFacts | undefined {
  if (!hasPhoneShape(text)) return undefined
  const plain = readPlain(text)
  if (plain) {
    const { country, callingCode, type } = plain
    return { phone: text, country, callingCode, type: typeOf(callingCode, type) }
  }
  const parsed = parsePhoneNumberFromString(text, { extract: false })
  // `number` differs from the text for spellings such as a kept trunk zero: one number, one spelling.
  if (!parsed || parsed.number !== text) return undefined
  // With the full metadata a number is valid exactly if it is of some type; `isValid` asks the same
  // again, and this is the dearest step of accepting a message.
  const type = parsed.getType()
  if (type === undefined) return undefined
  return {
    phone: text,
    country: parsed.country,
    callingCode: parsed.countryCallingCode,
    type: typeOf(parsed.countryCallingCode, type),
  }
}

/** The number with its middle hidden, for logs, errors and lists: `+1415*****71`. */
export function maskPhone(text: string): string {
  if (text.length <= 7) return '*'.repeat(text.length)
  return `${text.slice(0, 5)}${'*'.repeat(text.length - 7)}${text.slice(-2)}`
}

const types: Record<string, PhoneType> = {
  MOBILE: 'mobile',
  FIXED_LINE: 'fixed-line',
  FIXED_LINE_OR_MOBILE: 'fixed-line-or-mobile',
  PREMIUM_RATE: 'premium',
  TOLL_FREE: 'toll-free',
  SHARED_COST: 'shared-cost',
  VOIP: 'voip',
  PERSONAL_NUMBER: 'personal',
  PAGER: 'pager',
  UAN: 'uan',
  VOICEMAIL: 'voicemail',
}

// Codes of no country. Inmarsat (870), the satellite systems (881), networks at sea, in the air and in
// orbit (882, 883): the metadata calls them mobile or voip. Universal personal numbers (878): voip.
// https://www.itu.int/pub/T-SP-E.164D
const typesByCode: Record<string, PhoneType> = {
  '870': 'satellite',
  '878': 'personal',
  '881': 'satellite',
  '882': 'satellite',
  '883': 'satellite',
}

function typeOf(callingCode: string, type: string | undefined): PhoneType {
  return typesByCode[callingCode] ?? types[type ?? ''] ?? 'unknown'
}
