import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import vectors from '../../test/vectors/phones.json' with { type: 'json' }
import { hasPhoneShape, maskPhone, readPhone } from './phone.ts'

describe('readPhone', () => {
  for (const text of vectors.valid) {
    it(`accepts ${text} as it stands`, () => {
      assert.equal(readPhone(text)?.phone, text)
    })
  }

  for (const text of vectors.invalid) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.equal(readPhone(text), undefined)
    })
  }

  for (const text of vectors.spellings.texts) {
    it(`has no second bucket for the spelling ${JSON.stringify(text)}`, () => {
      const phone = readPhone(text)?.phone
      assert.ok(phone === undefined || phone === vectors.spellings.of, phone)
    })
  }

  it('never lets two texts be one number', () => {
    const junk = fc.constantFrom('', ' ', '0', '\n', '\u200b', '-', '(0)', '\u202a', ';', '\0')
    const place = fc.integer({ min: 0, max: vectors.spellings.of.length })
    fc.assert(
      fc.property(junk, place, (extra, at) => {
        const text = vectors.spellings.of.slice(0, at) + extra + vectors.spellings.of.slice(at)
        const facts = readPhone(text)
        assert.ok(facts === undefined || facts.phone === text)
      }),
    )
  })

  it('tells country, calling code and line type', () => {
    assert.deepEqual(readPhone('+33612345678'), {
      phone: '+33612345678',
      country: 'FR',
      callingCode: '33',
      type: 'mobile',
    })
    assert.equal(readPhone('+80012345678')?.country, undefined)
  })

  it('is quick with hostile text', () => {
    assert.equal(readPhone(`+${'1'.repeat(1_000_000)}`), undefined)
    assert.ok(!hasPhoneShape(`+1415555267${' '.repeat(1_000_000)}`))
  })
})

describe('maskPhone', () => {
  it('hides the middle', () => {
    assert.equal(maskPhone('+14155552671'), '+1415*****71')
    assert.equal(maskPhone('+12'), '***')
  })
})
