import { createHmac, type KeyObject } from 'node:crypto'
import type { Settings } from '../config.ts'
import { addressKey } from '../domain/address.ts'
import { judgeDestination } from '../domain/destination.ts'
import { type Phone, type PhoneFacts, readPhone } from '../domain/phone.ts'
import { throttleKeys } from '../domain/throttle.ts'
import type { Instant } from '../domain/time.ts'
import { hasChannel, isPurpose, type VerificationChannel } from '../domain/verification.ts'
import type { CodeBackend, CodeRequest } from './code-backend.ts'
import type { Claim } from './claims.ts'

/** A verification as a caller asks for it. */
export interface StartInput {
  /** E.164, such as `+14155552671`. */
  toPhone: string
  channel?: VerificationChannel | undefined
  /** BCP 47, such as `sv` or `pt-BR`; unknown ones fall back. */
  locale?: string | undefined
  /** What is being proven, 1 to 32 of `a-z 0-9 -`; default `verify`. Goes into the proof token. */
  purpose?: string | undefined
  /** Asks for one more text of this running verification: same code, same deadline. */
  verificationId?: string | undefined
  /** Of the person, not of a proxy. A repeated start from it is a resend. */
  clientAddress?: string | undefined
}

/** How `start` can end. A `started` one may have sent nothing, when the phone opted out: a stranger is not told. */
export type StartResult =
  | {
      kind: 'started'
      verificationId: string
      toPhone: string
      channel: VerificationChannel
      expiresAt: Instant
      /** The first moment at which a resend is allowed. */
      resendAfter: Instant
      sendsLeft: number
    }
  | { kind: 'invalid-phone' }
  | { kind: 'destination-not-allowed' }
  | { kind: 'channel-not-available' }
  /** `verificationId` names none that is running for this number. */
  | { kind: 'verification-not-found' }
  | { kind: 'throttled'; retryAfterSeconds: number }
  | { kind: 'unavailable' }

/** A start that needs only the limits' consent. */
export interface StartRequest extends CodeRequest {
  kind: 'request'
  toPhone: Phone
  purpose: string
  /** The running verification that is to be sent again, when the caller names one. */
  verificationId: string | undefined
  clientKey: string | undefined
  /** Count codes; given back when the carrier refuses to send one. */
  codeClaims: Claim[]
  /** Count whoever asks; kept in any case. */
  addressClaims: Claim[]
}

/** Every check of a start that needs no database. Throws `RangeError` for a purpose of the wrong shape. */
export function readStart(
  input: StartInput,
  settings: Settings,
  backend: CodeBackend,
  clientsKey: KeyObject,
): StartRequest | StartResult {
  const { locale, channel = 'sms', purpose = 'verify', verificationId, clientAddress } = input
  if (!isPurpose(purpose)) throw new RangeError('purpose must be 1 to 32 of a-z, 0-9 and -')
  const facts = readPhone(input.toPhone)
  if (!facts) return { kind: 'invalid-phone' }
  if (judgeDestination(facts, settings.verification).kind === 'refused') {
    return { kind: 'destination-not-allowed' }
  }
  if (!hasChannel(backend.name, channel)) return { kind: 'channel-not-available' }
  const address = clientAddress === undefined ? undefined : addressKey(clientAddress)
  return {
    kind: 'request',
    toPhone: facts.phone,
    channel,
    locale,
    purpose,
    verificationId,
    clientKey: address && hash(clientsKey, address),
    codeClaims: codeClaims(facts, settings, backend.segmentsOf({ channel, locale })),
    addressClaims: address
      ? [{ key: throttleKeys.start(address), rules: settings.throttles.startsPerAddress }]
      : [],
  }
}

function codeClaims(facts: PhoneFacts, settings: Settings, segments: number): Claim[] {
  const { codesPerPhone, codesPerCountry, codesTotal, segmentsTotal } = settings.throttles
  const country = facts.country ?? `+${facts.callingCode}`
  const claims: Claim[] = [
    { key: throttleKeys.retry(facts.phone), rules: codesPerPhone },
    { key: throttleKeys.country(country), rules: codesPerCountry },
    { key: throttleKeys.codes(), rules: codesTotal },
  ]
  if (segments > 0) {
    claims.push({ key: throttleKeys.segments(), rules: segmentsTotal, cost: segments })
  }
  return claims
}

/** A row that leaks must not tell who asked, and an address is quickly guessed through a plain hash. */
function hash(key: KeyObject, address: string): string {
  return createHmac('sha256', key).update(address).digest('base64url').slice(0, 22)
}
