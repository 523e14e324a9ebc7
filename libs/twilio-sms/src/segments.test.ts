import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import vectors from '../test/vectors/segments.json' with { type: 'json' }
import { countSegments } from './index.ts'

const family = '👨‍👩‍👧‍👦'

describe('countSegments', () => {
  for (const { id, text, encoding, segments, units } of vectors.vectors) {
    it(`counts as Twilio’s calculator does: ${id}`, () => {
      const count = countSegments(text)
      assert.deepEqual([count.encoding, count.segments, count.units], [encoding, segments, units])
    })
  }

  const gsm: Array<[name: string, text: string, segments: number]> = [
    ['160 letters', 'a'.repeat(160), 1],
    ['161 letters', 'a'.repeat(161), 2],
    ['306 letters', 'a'.repeat(306), 2],
    ['307 letters', 'a'.repeat(307), 3],
    ['459 letters', 'a'.repeat(459), 3],
    ['460 letters', 'a'.repeat(460), 4],
    ['80 euro signs', '€'.repeat(80), 1],
    ['81 euro signs', '€'.repeat(81), 2],
    ['a euro sign at 159', `${'a'.repeat(158)}€`, 1],
    ['a euro sign at 160', `${'a'.repeat(159)}€`, 2],
    ['305 septets with a euro sign at the border', `${'a'.repeat(152)}€${'a'.repeat(151)}`, 2],
    ['306 septets with a euro sign at the border', `${'a'.repeat(152)}€${'a'.repeat(152)}`, 3],
    ['152 euro signs', '€'.repeat(152), 2],
    ['153 euro signs', '€'.repeat(153), 3],
    ['160 capital cedillas', 'Ç'.repeat(160), 1],
    ['161 capital cedillas', 'Ç'.repeat(161), 2],
    ['160 e with acute', 'é'.repeat(160), 1],
    ['160 deltas', 'Δ'.repeat(160), 1],
    ['80 line breaks', '\r\n'.repeat(80), 1],
    ['81 line breaks', '\r\n'.repeat(81), 2],
    ['80 form feeds', '\f'.repeat(80), 1],
    ['81 form feeds', '\f'.repeat(81), 2],
    ['1,600 letters', 'a'.repeat(1600), 11],
    ['nothing', '', 1],
  ]
  for (const [name, text, segments] of gsm) {
    it(`needs ${segments} of GSM-7 for ${name}`, () => {
      const count = countSegments(text)
      assert.deepEqual([count.encoding, count.segments], ['GSM-7', segments])
    })
  }

  const ucs: Array<[name: string, text: string, segments: number]> = [
    ['70 small cedillas', 'ç'.repeat(70), 1],
    ['71 small cedillas', 'ç'.repeat(71), 2],
    ['70 backticks', '`'.repeat(70), 1],
    ['71 backticks', '`'.repeat(71), 2],
    ['a tab and 69 letters', `\t${'a'.repeat(69)}`, 1],
    ['a tab and 70 letters', `\t${'a'.repeat(70)}`, 2],
    ['a curly quote and 69 letters', `“${'a'.repeat(69)}`, 1],
    ['a curly quote and 70 letters', `“${'a'.repeat(70)}`, 2],
    ['70 Han', '漢'.repeat(70), 1],
    ['71 Han', '漢'.repeat(71), 2],
    ['134 Han', '漢'.repeat(134), 2],
    ['135 Han', '漢'.repeat(135), 3],
    ['201 Han', '漢'.repeat(201), 3],
    ['202 Han', '漢'.repeat(202), 4],
    ['35 emoji', '😀'.repeat(35), 1],
    ['36 emoji', '😀'.repeat(36), 2],
    ['an emoji at a border', `${'漢'.repeat(66)}😀${'漢'.repeat(66)}`, 3],
    ['67 emoji', '😀'.repeat(67), 3],
    ['six families and 4 letters', family.repeat(6) + 'a'.repeat(4), 1],
    ['six families and 5 letters', family.repeat(6) + 'a'.repeat(5), 2],
    ['a family at a border', `${'漢'.repeat(60)}${family}${'漢'.repeat(63)}`, 3],
    ['35 letters with combining accents', 'e\u0301'.repeat(35), 1],
    ['a lone surrogate and 69 letters', `\ud83d${'a'.repeat(69)}`, 1],
    ['1,600 Han', '漢'.repeat(1600), 24],
    ['a letter with 200 accents', `e${'\u0301'.repeat(200)}`, 3],
  ]
  for (const [name, text, segments] of ucs) {
    it(`needs ${segments} of UCS-2 for ${name}`, () => {
      const count = countSegments(text)
      assert.deepEqual([count.encoding, count.segments], ['UCS-2', segments])
    })
  }

  it('tells how much a segment holds', () => {
    const holds = ['a', 'a'.repeat(161), 'ç', 'ç'.repeat(71)].map(
      (text) => countSegments(text).unitsPerSegment,
    )
    assert.deepEqual(holds, [160, 153, 70, 67])
  })
})
