import { createHmac, type KeyObject } from 'node:crypto'
import type { Settings } from '../config.ts'
import { createCodeTexts, fillCode } from '../domain/locales.ts'
import { type Message, priorityOf } from '../domain/message.ts'
import type { Clock } from '../domain/time.ts'
import { endingOf, type Verification } from '../domain/verification.ts'
import type { Provider } from '../provider/provider.ts'
import type { Store } from '../storage/store.ts'
import type { CodeBackend } from './code-backend.ts'
import { isSameSecret } from './constant-time.ts'
import { defaultSenderOf } from './default-sender.ts'
import type { KeyRing } from './key-ring.ts'
import type { Outbox } from './outbox.ts'

/** Codes that this app makes, and the texts that carry them. */
export interface OwnCodes extends CodeBackend {
  /** The text of a message as it leaves; `undefined` when its code is worthless by now. */
  bodyOf(message: Message): Promise<string | undefined>
  /** The text as it left, whatever has become of the verification since; `undefined` when its secret is gone. */
  textOf(message: Message): Promise<string | undefined>
}

/**
 * The code of a verification: derived, so that it can be sent again and is written down nowhere. The
 * truncation of RFC 4226, section 5.3, over SHA-256 and with 64 bits instead of 31: those would make
 * codes of more than 8 digits uneven, and could not reach all of 10.
 */
export function deriveCode(
  key: KeyObject,
  subject: Pick<Verification, 'id' | 'toPhone' | 'purpose'>,
  length: number,
): string {
  const mac = createHmac('sha256', key)
    .update(['hsb-twilio/code/v1', subject.id, subject.toPhone, subject.purpose].join('|'))
    .digest()
  const number = mac.readBigUInt64BE((mac.at(-1) ?? 0) & 0xf)
  return String(number % 10n ** BigInt(length)).padStart(length, '0')
}

/** Own codes, sent through the outbox like any message, before all others. */
export function createOwnCodes(parts: {
  settings: Settings
  store: Store
  provider: Pick<Provider, 'countSegments'>
  outbox: Outbox
  keys: KeyRing
  clock: Clock
}): OwnCodes {
  const { settings, store, provider, outbox, keys, clock } = parts
  const { codeLength, maxAttempts } = settings.verification
  const textOf = createCodeTexts(settings.verification)

  function codeOf(verification: Verification): string | undefined {
    const key = keys.find(verification.secretId ?? '')?.code
    return key && deriveCode(key, verification, codeLength)
  }

  function textWith(message: Message, verification: Verification): string | undefined {
    const code = codeOf(verification)
    return code && fillCode(message.message, code)
  }

  return {
    name: 'own-codes',
    secretId: keys.newest?.secretId,
    segmentsOf: ({ locale }) =>
      provider.countSegments(fillCode(textOf(locale), '0'.repeat(codeLength))),

    async write(tables, { id, toPhone, expiresAt }, { locale }) {
      const sender = defaultSenderOf(settings)
      const message = textOf(locale)
      const priority = priorityOf.verification
      await outbox.write(tables, [
        { toPhone, ...sender, message, priority, expiresAt, verificationId: id },
      ])
    },

    async send() {
      outbox.wake()
      return { kind: 'sent' }
    },

    async judge(verification, guess) {
      const code = codeOf(verification)
      // Its secret has been taken out of the settings.
      if (code === undefined) return 'gone'
      return isSameSecret(code, guess) ? 'right' : 'wrong'
    },

    async drop() {},

    async bodyOf(message) {
      const verification = await store.verifications.find(message.verificationId ?? '')
      if (!verification || endingOf(verification, clock.now(), maxAttempts)) return undefined
      return textWith(message, verification)
    },

    async textOf(message) {
      const verification = await store.verifications.find(message.verificationId ?? '')
      return verification && textWith(message, verification)
    },
  }
}
