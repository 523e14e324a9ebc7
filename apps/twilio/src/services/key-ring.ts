import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'
import type { RandomBytes } from '../domain/random.ts'
import type { Secret } from '../domain/secret.ts'

/** The keys made of one secret of the settings. As objects they show nothing, and work in a quarter of the time. */
export interface VerificationKeys {
  /** Names the secret in rows and tokens without giving it away. */
  secretId: string
  code: KeyObject
  proof: KeyObject
}

/** The verification secrets while they are being rotated: the newest makes, all of them check. */
export interface KeyRing {
  newest: VerificationKeys | undefined
  find(secretId: string): VerificationKeys | undefined
  /** Keys the hashes of client addresses: from the newest secret, or of this process only without one. */
  clients: KeyObject
}

/** The keys of `verification.secrets`, newest first. */
export function createKeyRing(secrets: readonly Secret[], randomBytes: RandomBytes): KeyRing {
  const keys = secrets.map((secret) => ({
    secretId: Buffer.from(derive(secret, 'secret-id', 6)).toString('base64url'),
    code: createSecretKey(derive(secret, 'code-key', 32)),
    proof: createSecretKey(derive(secret, 'proof-key', 32)),
  }))
  const [newest] = secrets
  return {
    newest: keys[0],
    find: (secretId) => keys.find((one) => one.secretId === secretId),
    clients: createSecretKey(newest ? derive(newest, 'client-key', 32) : randomBytes(32)),
  }
}

/** One key a use (RFC 5869), so that what is learned of one use says nothing of another. */
function derive(secret: Secret, use: string, size: number): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret.reveal(), '', `hsb-twilio/${use}/v1`, size))
}
