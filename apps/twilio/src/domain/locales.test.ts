import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SegmentedMessage } from 'sms-segments-calculator'
import { builtInTexts, type CodeTextRules, createCodeTexts, fillCode } from './locales.ts'

const rules: CodeTextRules = { appName: 'Example Shop', texts: {}, defaultLocale: 'en' }

// Languages whose script, or whose everyday letters, the GSM alphabet lacks.
const wide = new Set('ar el he hi ja ko ru uk vi zh zh-hant zh-hk zh-tw'.split(' '))

describe('createCodeTexts', () => {
  for (const [locale, text] of Object.entries(builtInTexts)) {
    it(`has a text of one segment for ${locale}`, () => {
      assert.equal(text.split('{code}').length, 2)
      assert.equal(text.split('{app}').length, 2)
      const textOf = createCodeTexts({ ...rules, webOtpDomain: 'shop.example.com' })
      const sms = new SegmentedMessage(fillCode(textOf(locale), '012345'))
      assert.equal(sms.segmentsCount, 1)
      assert.equal(sms.getEncodingName(), wide.has(locale) ? 'UCS-2' : 'GSM-7')
    })
  }

  it('goes from the region to the language to the default to English', () => {
    const textOf = createCodeTexts({ ...rules, defaultLocale: 'sv-FI' })
    assert.equal(textOf('pt-BR'), textOf('pt'))
    assert.equal(textOf('zh-Hant-SG'), textOf('zh-TW'))
    assert.notEqual(textOf('zh-Hant-SG'), textOf('zh-SG'))
    assert.equal(textOf('xx'), textOf('sv'))
    assert.equal(textOf(undefined), textOf('sv'))
    assert.equal(createCodeTexts({ ...rules, defaultLocale: 'xx' })('yy'), textOf('en'))
  })

  it('reads any spelling of a locale and survives nonsense', () => {
    const textOf = createCodeTexts(rules)
    assert.equal(textOf('PT_br'), textOf('pt'))
    for (const nonsense of ['', '-', '__proto__', 'constructor', 'x'.repeat(10_000)]) {
      assert.equal(textOf(nonsense), textOf('en'))
    }
  })

  it('prefers the texts of the owner', () => {
    const textOf = createCodeTexts({ ...rules, texts: { 'pt-BR': '{code} {app}', xx: 'X {code}' } })
    assert.equal(textOf('pt-BR'), '{code} Example Shop')
    assert.notEqual(textOf('pt-PT'), '{code} Example Shop')
    assert.equal(textOf('xx-YY'), 'X {code}')
  })

  it('ends in the line that browsers read', () => {
    const textOf = createCodeTexts({ ...rules, webOtpDomain: 'example.com' })
    const lines = fillCode(textOf('en'), '012345').split('\n')
    assert.equal(lines.at(-1), '@example.com #012345')
    assert.match(lines[0] ?? '', /^012345 is your Example Shop/)
  })

  it('takes the name of the app as it is', () => {
    assert.match(createCodeTexts({ ...rules, appName: "$& $' $1" })('en'), /your \$& \$' \$1 verif/)
  })
})
