import type {
  Verification,
  VerificationBackend,
  VerificationChannel,
} from '../domain/verification.ts'
import type { Instant } from '../domain/time.ts'
import type { Tables } from '../storage/store.ts'

/** How one code is to travel. */
export interface CodeRequest {
  channel: VerificationChannel
  locale: string | undefined
}

/** How sending a code can end. Only after `unavailable` may the code have left all the same. */
export type CodeSent =
  | { kind: 'sent'; carrier?: { providerSid: string; expiresAt: Instant } | undefined }
  | { kind: 'invalid-phone' }
  | { kind: 'destination-not-allowed' }
  | { kind: 'channel-not-available' }
  | { kind: 'throttled'; retryAfterSeconds: number }
  | { kind: 'refused' }
  | { kind: 'unavailable' }

/** What a guess turned out to be. `gone`: whoever keeps the code does not have it any more. */
export type GuessVerdict = 'right' | 'wrong' | 'too-many-attempts' | 'gone' | 'unavailable'

/** Who makes codes, sends and judges them. Limits, deadlines and endings are not its business. */
export interface CodeBackend {
  name: VerificationBackend
  /** Names the secret that new codes are made with. */
  secretId: string | undefined
  /** What one text costs of the cap on segments. */
  segmentsOf(request: CodeRequest): number
  /** The part of sending that belongs into the transaction of the start. */
  write(tables: Tables, verification: Verification, request: CodeRequest): Promise<void>
  /** The part of sending that comes after the commit. */
  send(verification: Verification, request: CodeRequest): Promise<CodeSent>
  /** Judges a guess that has been counted already. */
  judge(verification: Verification, guess: string): Promise<GuessVerdict>
  /** The verification takes no more guesses: nobody need keep its code. */
  drop(verification: Verification): Promise<void>
}
