import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import examples from 'libphonenumber-js/examples.mobile'
import { getCountries, getExampleNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import metadata from 'libphonenumber-js/metadata.max'
import { readPlain } from './phone-plans.ts'

const perCode = 1_200

/** What the library itself says of a number, `undefined` unless it is valid and spelled like this. */
function readSlowly(text: string) {
  const parsed = parsePhoneNumberFromString(text, { extract: false })
  const type = parsed?.number === text ? parsed.getType() : undefined
  return type && { country: parsed?.country, callingCode: parsed?.countryCallingCode, type }
}

/** mulberry32: the same numbers in every run. */
function createDice(seed: number): (sides: number) => number {
  let state = seed
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides
  }
}

/** Numbers near valid ones, numbers behind a trunk prefix, numbers out of the blue; of every length. */
function* numbersOf(code: string, known: readonly string[], dice: (sides: number) => number) {
  for (let i = 0; i < perCode; i++) {
    const kind = dice(4)
    const length = 4 + dice(15 - code.length - 3)
    let national = Array.from({ length }, () => dice(10)).join('')
    const example = known[dice(known.length)] ?? national
    if (kind === 1) national = example.slice(0, dice(example.length)) + national
    if (kind === 2) national = example.slice(0, 2 + dice(4)).padEnd(example.length, national)
    if (kind === 3) national = ['0', '1', '8', '9', '06', '15'][dice(6)] + example
    yield `+${code}${national.slice(0, 15 - code.length)}`
  }
}

describe('readPlain', () => {
  it('says what the library says, or leaves it to the library', () => {
    const known = new Map<string, string[]>()
    for (const country of getCountries()) {
      const example = getExampleNumber(country, examples)
      if (!example) continue
      const { countryCallingCode: code, nationalNumber } = example
      known.set(code, [...(known.get(code) ?? []), nationalNumber])
    }
    const dice = createDice(7)
    const seen = { all: 0, valid: 0, plain: 0 }
    const codes = [
      ...Object.keys(metadata.country_calling_codes),
      ...Object.keys(metadata.nonGeographic),
      '2',
      '21',
      '210',
      '999',
    ]
    for (const code of codes) {
      for (const text of numbersOf(code, known.get(code) ?? [], dice)) {
        const plain = readPlain(text)
        const expected = readSlowly(text)
        seen.all++
        if (expected) seen.valid++
        if (!plain) continue
        seen.plain++
        assert.deepEqual(plain, expected, text)
      }
    }
    assert.ok(seen.all >= 200_000 && seen.valid >= 30_000, JSON.stringify(seen))
    // Else it would be the library that does the work, and nobody would notice.
    assert.ok(seen.plain >= 0.9 * seen.valid, JSON.stringify(seen))
  })
})
