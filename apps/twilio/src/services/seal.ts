import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import type { RandomBytes } from '../domain/random.ts'

/** Texts that go through a browser and come back, and that it must neither read nor write. */
export interface Seal {
  close(text: string): string
  /** `undefined` for what was not closed here, or under another secret. */
  open(sealed: string): string | undefined
}

const nonceBytes = 12
const tagBytes = 16

/** The seal of one app: all its processes share the secret. */
export function createSeal(parts: { secret: string; randomBytes: RandomBytes }): Seal {
  const { secret, randomBytes } = parts
  const key = new Uint8Array(hkdfSync('sha256', secret, '', 'hsb-twilio/seal/v1', 32))
  return {
    close(text) {
      // A copy: the pool overwrites what it has handed out.
      const nonce = randomBytes(nonceBytes).slice()
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, 'base64url')
      if (bytes.length < nonceBytes + tagBytes) return undefined
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      })
      decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
      try {
        const body = decipher.update(bytes.subarray(nonceBytes + tagBytes))
        return Buffer.concat([body, decipher.final()]).toString('utf8')
      } catch {
        return undefined
      }
    },
  }
}
