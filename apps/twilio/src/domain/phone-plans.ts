import { type CountryCode, Metadata } from 'libphonenumber-js/max'
import metadata from 'libphonenumber-js/metadata.max'

// libphonenumber-js builds each pattern anew for each question: a fifth of the CPU of accepting a message.
// Here they are compiled once a calling code, read through methods that its documentation does not list;
// a test compares the answers. For whatever is not plain the library itself is asked.
interface Plan {
  nationalNumberPattern(): string
  nationalPrefixForParsing(): string | undefined
  leadingDigits(): string | undefined
  type(name: string): { pattern(): string | undefined; possibleLengths(): number[] } | undefined
}

// Fixed lines come first; of the others the first that fits, as in the library's getNumberType.js.
const otherTypes = [
  ...(['MOBILE', 'PREMIUM_RATE', 'TOLL_FREE', 'SHARED_COST', 'VOIP'] as const),
  ...(['PERSONAL_NUMBER', 'PAGER', 'UAN', 'VOICEMAIL'] as const),
]
const countriesOf = new Map(Object.entries(metadata.country_calling_codes))
const compiled = new Map<string, ReturnType<typeof compileCode>>()

/** The facts of a valid number without a trunk prefix; `undefined`: the library has to say. */
export function readPlain(
  text: string,
): { country: CountryCode; callingCode: string; type: string } | undefined {
  // No calling code is the beginning of another one.
  const callingCode = [2, 3, 4].map((end) => text.slice(1, end)).find((it) => countriesOf.has(it))
  if (callingCode === undefined) return undefined
  const code = compiled.get(callingCode) ?? compileCode(callingCode)
  compiled.set(callingCode, code)
  const national = text.slice(1 + callingCode.length)
  if (code.trunk?.test(national)) return undefined
  for (const { country, leading, typeOf } of code.plans) {
    // Countries that share a code: told apart by leading digits, else by whose numbers it fits.
    if (leading?.test(national) === false) continue
    const type = typeOf(national)
    if (type !== undefined) return { country, callingCode, type }
    if (leading) return undefined
  }
  return undefined
}

function compileCode(callingCode: string) {
  const countries = countriesOf.get(callingCode) ?? []
  const trunk = countries[0] && planOf(countries[0])?.nationalPrefixForParsing()
  const plans = countries.flatMap((country) => compilePlan(country, planOf(country)) ?? [])
  return { trunk: trunk ? new RegExp(`^(?:${trunk})`) : undefined, plans }
}

function compilePlan(country: CountryCode, plan: Plan | undefined) {
  if (!plan) return undefined
  const isNumber = new RegExp(`^(?:${plan.nationalNumberPattern()})$`)
  const fits = (name: string) => {
    const type = plan.type(name)
    const pattern = type?.pattern()
    if (!type || !pattern) return () => false
    const [whole, lengths] = [new RegExp(`^(?:${pattern})$`), type.possibleLengths()]
    return (national: string) => lengths.includes(national.length) && whole.test(national)
  }
  const isFixed = fits('FIXED_LINE')
  const mobile = plan.type('MOBILE')
  // Left out of the data where it is the same as that of fixed lines.
  const isMobileToo = !mobile || mobile.pattern() === '' ? () => true : fits('MOBILE')
  const others = otherTypes.map((name) => ({ name, isOne: fits(name) }))
  const typeOf = (national: string) => {
    if (!isNumber.test(national)) return undefined
    if (isFixed(national)) return isMobileToo(national) ? 'FIXED_LINE_OR_MOBILE' : 'FIXED_LINE'
    return others.find(({ isOne }) => isOne(national))?.name
  }
  const leading = plan.leadingDigits()
  return { country, typeOf, leading: leading ? new RegExp(`^(?:${leading})`) : undefined }
}

function planOf(country: CountryCode): Plan | undefined {
  const selected = new Metadata()
  selected.selectNumberingPlan(country)
  const plan: object | undefined = selected.numberingPlan
  return plan && isPlan(plan) ? plan : undefined
}

function isPlan(plan: object): plan is Plan {
  return ['nationalNumberPattern', 'nationalPrefixForParsing', 'type'].every((it) => it in plan)
}
