import type { PhoneFacts, PhoneType } from './phone.ts'

/** Which phones may be called upon. */
export interface DestinationRules {
  /** ISO 3166-1 alpha-2 codes; `all` for every country. */
  countries: 'all' | readonly string[]
  /** Line types that are refused in every country. */
  refusedTypes: readonly PhoneType[]
}

/** Whether a phone may be called upon, and what stands against it. */
export type DestinationVerdict =
  | { kind: 'allowed' }
  | { kind: 'refused'; because: 'type' | 'country' }

/**
 * Decides from the numbering plans alone, before anything costs money. Numbers of global codes
 * (+800, +881, +979 and their like) belong to no country, so only `all` lets them through.
 */
export function judgeDestination(facts: PhoneFacts, rules: DestinationRules): DestinationVerdict {
  if (rules.refusedTypes.includes(facts.type)) return { kind: 'refused', because: 'type' }
  if (rules.countries === 'all') return { kind: 'allowed' }
  if (facts.country === undefined || !rules.countries.includes(facts.country)) {
    return { kind: 'refused', because: 'country' }
  }
  return { kind: 'allowed' }
}
