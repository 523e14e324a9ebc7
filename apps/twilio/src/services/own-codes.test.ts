import assert from 'node:assert/strict'
import { createHmac, createSecretKey } from 'node:crypto'
import { describe, it } from 'node:test'
import { createSecret } from '../domain/secret.ts'
import { createKeyRing } from './key-ring.ts'
import { deriveCode } from './own-codes.ts'

const key = createSecretKey(new Uint8Array(32).fill(7))
const subject = { id: 'v1', toPhone: '+14155552671', purpose: 'verify' }

/** Chi-square of how often each of `cells` came up. */
function chiSquare(counts: number[], cells: number): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / cells
  return Array.from(
    { length: cells },
    (_, i) => ((counts[i] ?? 0) - expected) ** 2 / expected,
  ).reduce((sum, part) => sum + part, 0)
}

describe('deriveCode', () => {
  it('follows the truncation of RFC 4226 over SHA-256, with eight bytes', () => {
    const mac = createHmac('sha256', key)
      .update('hsb-twilio/code/v1|v1|+14155552671|verify')
      .digest()
    const offset = Number.parseInt(mac.toString('hex').slice(-1), 16)
    const number = BigInt(`0x${mac.toString('hex').slice(offset * 2, offset * 2 + 16)}`)
    assert.equal(deriveCode(key, subject, 6), number.toString().slice(-6))
  })

  it('is the same for the same verification and another for any other', () => {
    const code = deriveCode(key, subject, 10)
    assert.equal(deriveCode(key, subject, 10), code)
    const others = [
      deriveCode(key, { ...subject, id: 'v2' }, 10),
      deriveCode(key, { ...subject, toPhone: '+14155552672' }, 10),
      deriveCode(key, { ...subject, purpose: 'sign-in' }, 10),
      deriveCode(createSecretKey(new Uint8Array(32).fill(8)), subject, 10),
    ]
    assert.equal(new Set([code, ...others]).size, 5)
  })

  it('is even in every place and every pair of neighbours, leading zeros kept', () => {
    // The 0.999 quantiles of chi-square at 9 and 99 degrees of freedom.
    const [mostOfDigit, mostOfPair] = [27.88, 148.23]
    const codes = Array.from({ length: 1_000_000 }, (_, i) =>
      deriveCode(key, { ...subject, id: String(i) }, 6),
    )
    assert.ok(codes.every((code) => /^\d{6}$/.test(code)))
    for (let place = 0; place < 6; place++) {
      const [digits, pairs]: [number[], number[]] = [[], []]
      for (const code of codes) {
        const digit = Number(code[place])
        const pair = digit * 10 + Number(code[place + 1])
        digits[digit] = (digits[digit] ?? 0) + 1
        if (place < 5) pairs[pair] = (pairs[pair] ?? 0) + 1
      }
      assert.ok(chiSquare(digits, 10) < mostOfDigit, `place ${place}`)
      if (place < 5) assert.ok(chiSquare(pairs, 100) < mostOfPair, `pair ${place}`)
    }
  })

  it('reaches every first digit of a code of ten', () => {
    const first = Array.from({ length: 5_000 }, (_, i) =>
      Number(deriveCode(key, { ...subject, id: String(i) }, 10)[0]),
    )
    const counts: number[] = []
    for (const digit of first) counts[digit] = (counts[digit] ?? 0) + 1
    assert.ok(chiSquare(counts, 10) < 27.88)
  })
})

const none = () => new Uint8Array(32)

describe('createKeyRing', () => {
  const [a, b] = ['a', 'b'].map((letter) => createSecret(letter.repeat(32)))

  it('makes with the newest secret and still finds the others', () => {
    assert.ok(a && b)
    const before = createKeyRing([a], none)
    const after = createKeyRing([b, a], none)
    const oldId = before.newest?.secretId ?? ''
    assert.notEqual(after.newest?.secretId, oldId)
    assert.deepEqual(after.find(oldId), before.newest)
    assert.equal(createKeyRing([b], none).find(oldId), undefined)
  })

  it('names a secret without giving it away, and gives each use a key of its own', () => {
    assert.ok(a)
    const keys = createKeyRing([a], none).newest
    assert.match(keys?.secretId ?? '', /^[\w-]{8}$/)
    assert.notDeepEqual(keys?.code, keys?.proof)
  })

  it('hashes addresses with a random key where there is no secret', () => {
    const ring = createKeyRing([], (size) => new Uint8Array(size).fill(9))
    assert.deepEqual(ring.clients.export(), Buffer.alloc(32, 9))
    assert.equal(ring.newest, undefined)
  })
})
