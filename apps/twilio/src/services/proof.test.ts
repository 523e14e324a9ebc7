import assert from 'node:assert/strict'
import { createSecretKey, type KeyObject } from 'node:crypto'
import { describe, it } from 'node:test'
import { decodeJwt, decodeProtectedHeader, SignJWT, UnsecuredJWT } from 'jose'
import { createTestClock } from '../../test/clock.ts'
import { createSecret } from '../domain/secret.ts'
import type { Verification } from '../domain/verification.ts'
import { createKeyRing } from './key-ring.ts'
import { createProofs, type Proofs } from './proof.ts'

const startAt = Date.UTC(2026, 10, 1)
const verification: Verification = {
  id: 'v1',
  toPhone: '+14155552671',
  purpose: 'sign-in',
  channel: 'sms',
  locale: undefined,
  backend: 'own-codes',
  status: 'approved',
  providerSid: undefined,
  secretId: undefined,
  clientKey: undefined,
  sends: 1,
  attempts: 1,
  lastSentAt: startAt,
  expiresAt: startAt,
  endedAt: startAt,
  createdAt: startAt,
}

const ringOf = (...letters: string[]) =>
  createKeyRing(
    letters.map((letter) => createSecret(letter.repeat(32))),
    (size) => new Uint8Array(size),
  )

function proofsOf(letters: string[], clock = createTestClock(startAt)): Proofs {
  return createProofs({ keys: ringOf(...letters), clock, lifetimeSeconds: 300 })
}

describe('proof', () => {
  it('says who proved what, and until when', async () => {
    const proofs = proofsOf(['a'])
    const { token, expiresAt } = await proofs.sign(verification)
    assert.equal(expiresAt, startAt + 300_000)
    assert.deepEqual(await proofs.read(token), {
      verificationId: 'v1',
      toPhone: '+14155552671',
      purpose: 'sign-in',
      approvedAt: startAt,
      expiresAt,
    })
    assert.deepEqual(decodeJwt(token), {
      iss: 'hsb-twilio',
      aud: 'hsb-twilio/proof',
      sub: '+14155552671',
      vid: 'v1',
      purpose: 'sign-in',
      iat: startAt / 1_000,
      exp: startAt / 1_000 + 300,
    })
  })

  it('holds for its purpose only, where one is expected', async () => {
    const proofs = proofsOf(['a'])
    const { token } = await proofs.sign(verification)
    assert.ok(await proofs.read(token, { purpose: 'sign-in' }))
    assert.equal(await proofs.read(token, { purpose: 'verify' }), undefined)
  })

  it('holds until its end', async () => {
    const clock = createTestClock(startAt)
    const proofs = proofsOf(['a'], clock)
    const { token } = await proofs.sign(verification)
    await clock.advance(299_999)
    assert.ok(await proofs.read(token))
    await clock.advance(1)
    assert.equal(await proofs.read(token), undefined)
  })

  it('survives a new secret, and ends with its own', async () => {
    const { token } = await proofsOf(['a']).sign(verification)
    assert.ok(await proofsOf(['b', 'a']).read(token))
    assert.equal(await proofsOf(['b']).read(token), undefined)
  })

  it('is read from nobody else', async () => {
    const proofs = proofsOf(['a'])
    const keys = ringOf('a').newest
    assert.ok(keys)
    const { token } = await proofs.sign(verification)
    const [header = '', claims = '', signature = ''] = token.split('.')
    const forged = (
      key: KeyObject,
      change: { iss?: string; aud?: string; sub?: string | false },
    ) => {
      const jwt = new SignJWT({ vid: 'v1', purpose: 'sign-in' })
        .setProtectedHeader(decodeProtectedHeader(token) as { alg: string })
        .setIssuer(change.iss ?? 'hsb-twilio')
        .setAudience(change.aud ?? 'hsb-twilio/proof')
        .setIssuedAt(startAt / 1_000)
        .setExpirationTime(startAt / 1_000 + 300)
      return (change.sub === false ? jwt : jwt.setSubject('+14155552671')).sign(key)
    }
    assert.ok(await proofs.read(await forged(keys.proof, {})), 'the forger is able')

    const unsigned = new UnsecuredJWT(decodeJwt(token)).encode()
    const other = Buffer.from(JSON.stringify({ ...decodeJwt(token), sub: '+1' }))
    const tokens = [
      '',
      'x',
      `${header}.${claims}.`,
      `${header}.${other.toString('base64url')}.${signature}`,
      unsigned,
      await forged(createSecretKey(new Uint8Array(32)), {}),
      await forged(keys.code, {}),
      await forged(keys.proof, { iss: 'someone' }),
      await forged(keys.proof, { aud: 'something' }),
      await forged(keys.proof, { sub: false }),
      'x'.repeat(1_000_000),
    ]
    for (const token of tokens) {
      assert.equal(await proofs.read(token), undefined, token.slice(0, 200))
    }
  })

  it('cannot be made without a secret', async () => {
    await assert.rejects(proofsOf([]).sign(verification), /verification\.secrets is empty/)
  })
})
