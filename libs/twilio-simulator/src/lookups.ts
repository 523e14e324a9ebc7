import { ok } from './answers.ts'
import { matchPath } from './call.ts'
import type { Call, Route } from './call.ts'

// Calling codes the simulator knows, with the shortest and longest number after them.
const countries: [code: string, country: string, shortest: number, longest: number][] = [
  ['1', 'US', 10, 10],
  ['7', 'RU', 10, 10],
  ['27', 'ZA', 9, 9],
  ['31', 'NL', 9, 9],
  ['33', 'FR', 9, 9],
  ['34', 'ES', 9, 9],
  ['39', 'IT', 6, 11],
  ['44', 'GB', 9, 10],
  ['46', 'SE', 7, 10],
  ['48', 'PL', 9, 9],
  ['49', 'DE', 7, 13],
  ['52', 'MX', 10, 10],
  ['55', 'BR', 10, 11],
  ['61', 'AU', 9, 9],
  ['81', 'JP', 9, 10],
  ['86', 'CN', 8, 11],
  ['90', 'TR', 10, 10],
  ['91', 'IN', 10, 10],
  ['351', 'PT', 9, 9],
  ['353', 'IE', 7, 9],
  ['380', 'UA', 9, 9],
  ['972', 'IL', 8, 9],
]
const packages = [
  'caller_name',
  'sim_swap',
  'call_forwarding',
  'line_status',
  'line_type_intelligence',
  'identity_match',
  'reassigned_number',
  'sms_pumping_risk',
  'phone_number_quality_score',
  'pre_fill',
]
// The last two digits decide, so that every kind of line can be asked for.
const lineTypes: Record<string, string> = {
  '90': 'landline',
  '91': 'fixedVoip',
  '92': 'nonFixedVoip',
  '93': 'tollFree',
  '94': 'premium',
}

/** Lookup v2, or undefined when the path is another one. Bad numbers are answered with 200 too. */
export function routeLookups(call: Call): Route | undefined {
  const [number] = matchPath('/v2/PhoneNumbers/:number', call.path) ?? []
  if (number === undefined || call.method !== 'GET') return undefined
  const phone = normalise(number, call.query.get('CountryCode'))
  return { operation: 'lookups.fetch', to: phone, run: () => ok(look(phone, call)) }
}

function look(phone: string, call: Call): Record<string, unknown> {
  const { error, country, rest } = judge(phone)
  const asked = new Set((call.query.get('Fields') ?? '').split(','))
  const shown: Record<string, unknown> = Object.fromEntries(packages.map((name) => [name, null]))
  const ending = phone.slice(-2)
  const type = lineTypes[ending] ?? 'mobile'
  if (!error && asked.has('line_type_intelligence')) {
    shown['line_type_intelligence'] = {
      type,
      carrier_name: 'Simulated Carrier',
      mobile_country_code: type === 'mobile' ? '001' : null,
      mobile_network_code: type === 'mobile' ? '01' : null,
      error_code: null,
    }
  }
  if (!error && asked.has('sms_pumping_risk')) {
    const risky = ending === '99'
    shown['sms_pumping_risk'] = {
      carrier_risk_category: risky ? 'high' : 'low',
      number_blocked: risky,
      number_blocked_date: null,
      number_blocked_last_3_months: risky,
      sms_pumping_risk_score: risky ? 95 : 5,
      error_code: null,
    }
  }
  return {
    calling_country_code: error ? null : country?.[0],
    country_code: error ? null : country?.[1],
    phone_number: phone,
    national_format: error ? null : nationalFormat(country?.[0], rest),
    valid: !error,
    validation_errors: error ? [error] : null,
    ...shown,
    url: `${call.origin}/v2/PhoneNumbers/${phone}`,
  }
}

interface Judged {
  error: string | undefined
  country: (typeof countries)[number] | undefined
  /** The number without its calling code. */
  rest: string
}

function wrong(error: string): Judged {
  return { error, country: undefined, rest: '' }
}

function judge(phone: string): Judged {
  if (!/^\+\d+$/.test(phone)) return wrong('NOT_A_NUMBER')
  const country = countries.find(([code]) => phone.startsWith(`+${code}`))
  if (!country) return wrong('INVALID_COUNTRY_CODE')
  const [code, , shortest, longest] = country
  const rest = phone.slice(code.length + 1)
  if (rest.length < shortest) return wrong('TOO_SHORT')
  return rest.length > longest ? wrong('TOO_LONG') : { error: undefined, country, rest }
}

function normalise(number: string, countryCode: string | null): string {
  if (number.startsWith('+') || !/^[\d\s().-]+$/.test(number)) return number
  const digits = number.replace(/\D/g, '')
  const code = countries.find(([, country]) => country === (countryCode ?? 'US'))?.[0] ?? '1'
  return code === '1' ? `+1${digits.replace(/^1/, '')}` : `+${code}${digits.replace(/^0/, '')}`
}

function nationalFormat(code: string | undefined, rest: string): string {
  return code === '1' ? rest.replace(/^(...)(...)(....)$/, '($1) $2-$3') : `0${rest}`
}
