import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { describeCode, listCodes } from './index.ts'

describe('listCodes', () => {
  it('has each code once, in order, with words of ours and a meaning', () => {
    const codes = listCodes().map(({ code }) => code)
    assert.equal(codes.length, 150)
    assert.deepEqual(
      codes,
      [...new Set(codes)].toSorted((a, b) => a - b),
    )
    for (const row of listCodes()) {
      assert.notEqual(row.category, 'unknown', String(row.code))
      assert.match(row.meaning, /^[A-Z].+\.$/s)
    }
  })

  it('has no rule of repeating what Twilio may have carried out', () => {
    const reconciled = listCodes().filter(({ retry }) => retry === 'reconcile')
    assert.deepEqual(
      reconciled.map(({ code }) => code),
      [20500, 20503],
    )
  })
})

describe('describeCode', () => {
  const known = [
    [20003, 'auth', 'after-fix', 'request', 401],
    [20429, 'rate-limit', 'backoff', 'request', 429],
    [21408, 'geo-permission', 'after-fix', 'request', 400],
    [21610, 'opt-out', 'never', 'either', 400],
    [21611, 'rate-limit', 'delayed', 'request', 429],
    [30003, 'carrier', 'delayed', 'delivery', undefined],
    [30007, 'compliance', 'never', 'delivery', undefined],
    [30036, 'expired', 'never', 'delivery', undefined],
    [60202, 'verify', 'delayed', 'request', 429],
    [60203, 'verify', 'delayed', 'request', 429],
    [60410, 'fraud', 'delayed', 'request', undefined],
    [63016, 'channel', 'never', 'delivery', undefined],
  ] as const
  for (const [code, category, retry, phase, httpStatus] of known) {
    it(`knows ${code}`, () => {
      const { meaning, ...rest } = describeCode(code)
      assert.deepEqual(rest, { code, known: true, category, retry, phase, httpStatus })
      assert.ok(meaning.length > 10)
    })
  }

  const unknown = [
    [30999, undefined, 'carrier', 'never', 'delivery'],
    [63999, undefined, 'channel', 'never', 'delivery'],
    [99999, 429, 'rate-limit', 'backoff', 'request'],
    [99999, 401, 'auth', 'after-fix', 'request'],
    [99999, 404, 'not-found', 'never', 'request'],
    [99999, 422, 'request', 'never', 'request'],
    [99999, 500, 'platform', 'reconcile', 'request'],
    [99999, undefined, 'unknown', 'never', 'request'],
    [-1, undefined, 'unknown', 'never', 'request'],
    [Number.NaN, undefined, 'unknown', 'never', 'request'],
  ] as const
  for (const [code, httpStatus, category, retry, phase] of unknown) {
    it(`has a default for ${code} with ${httpStatus ?? 'no status'}`, () => {
      const found = describeCode(code, httpStatus)
      assert.deepEqual(
        [found.known, found.category, found.retry, found.phase],
        [false, category, retry, phase],
      )
    })
  }
})
