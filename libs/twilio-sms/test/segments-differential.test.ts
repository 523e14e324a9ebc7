import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { SegmentedMessage } from 'sms-segments-calculator'
import { countSegments } from '../src/index.ts'

// The oracle is Twilio's own calculator.

const gsm = fc.constantFrom('a', 'Z', '5', ' ', 'é', 'Ç', 'Δ', '€', '[', '~', '\f', '\n', '\r\n')
const wide = fc.constantFrom('ç', '漢', '“', '😀', '👍🏽', '🇧🇷', '👨‍👩‍👧‍👦', 'e\u0301', '각', '\ud83d')
const texts = [
  fc.array(gsm, { maxLength: 500, size: 'max' }),
  fc.array(wide, { maxLength: 150, size: 'max' }),
  fc.array(fc.oneof({ weight: 9, arbitrary: gsm }, { weight: 1, arbitrary: wide }), {
    maxLength: 250,
    size: 'max',
  }),
].map((parts) => parts.map((characters) => characters.join('')))

describe('countSegments', () => {
  it('agrees with Twilio’s calculator on texts of every kind', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(fc.oneof(...texts), (text) => {
        const expected = new SegmentedMessage(text)
        const { encoding, segments } = countSegments(text)
        assert.deepEqual([encoding, segments], [expected.getEncodingName(), expected.segmentsCount])
        seen.add(`${encoding} ${Math.min(segments, 3)}`)
      }),
      { numRuns: 300 },
    )
    assert.equal(seen.size, 6, [...seen].join())
  })
})
