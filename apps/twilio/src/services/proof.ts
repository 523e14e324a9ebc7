import { isPurpose, type Verification } from '../domain/verification.ts'
import type { Clock, Instant } from '../domain/time.ts'
import type { KeyRing } from './key-ring.ts'

/** What a proof token says once its signature holds. */
export interface Proof {
  verificationId: string
  toPhone: string
  purpose: string
  approvedAt: Instant
  expiresAt: Instant
}

/** Signed tokens that say: this person proved this phone, a moment ago. */
export interface Proofs {
  sign(verification: Verification): Promise<{ token: string; expiresAt: Instant }>
  /** `undefined` for a forged, foreign or stale token, or one for another purpose. */
  read(token: string, expected?: { purpose?: string | undefined }): Promise<Proof | undefined>
}

const issuer = 'hsb-twilio'
const audience = 'hsb-twilio/proof'
const algorithm = 'HS256'

/** Proof tokens: JWTs by the newest secret, read with any of them. */
export function createProofs(parts: {
  keys: KeyRing
  clock: Clock
  lifetimeSeconds: number
}): Proofs {
  const { keys, clock, lifetimeSeconds } = parts
  return {
    async sign({ id, toPhone, purpose }) {
      if (!keys.newest) throw new Error('verification.secrets is empty: no token can be signed')
      // Loaded at first use: apps that verify nothing need not pay for it.
      const { SignJWT } = await import('jose')
      const issuedAt = Math.floor(clock.now() / 1_000)
      const expires = issuedAt + lifetimeSeconds
      const token = await new SignJWT({ vid: id, purpose })
        .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid: keys.newest.secretId })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(toPhone)
        .setIssuedAt(issuedAt)
        .setExpirationTime(expires)
        .sign(keys.newest.proof)
      return { token, expiresAt: expires * 1_000 }
    },

    async read(token, expected = {}) {
      const { errors, jwtVerify } = await import('jose')
      try {
        const { payload } = await jwtVerify(
          token,
          ({ kid }) => {
            const key = keys.find(kid ?? '')?.proof
            if (!key) throw new errors.JWKSNoMatchingKey()
            return key
          },
          {
            algorithms: [algorithm],
            issuer,
            audience,
            requiredClaims: ['sub', 'vid', 'purpose', 'iat', 'exp'],
            currentDate: new Date(clock.now()),
          },
        )
        const { sub, vid, purpose, iat, exp } = payload
        if (sub === undefined || iat === undefined || exp === undefined) return undefined
        if (typeof vid !== 'string' || typeof purpose !== 'string') return undefined
        if (!isPurpose(purpose)) return undefined
        if (expected.purpose !== undefined && expected.purpose !== purpose) return undefined
        return {
          verificationId: vid,
          toPhone: sub,
          purpose,
          approvedAt: iat * 1_000,
          expiresAt: exp * 1_000,
        }
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined
        throw error
      }
    },
  }
}
