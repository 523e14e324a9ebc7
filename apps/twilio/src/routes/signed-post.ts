import { z } from 'zod'
import type { CallbackResult } from '../services/callbacks.ts'
import { problem } from './problems.ts'

// What the webhooks of Twilio have in common: the signature is their authentication.

/** A doubled header arrives joined by a comma, which no signature holds: it is refused as forged. */
export const signedHeaders = z.object({ 'x-twilio-signature': z.string().optional() })

/** The problem of a post that was not stored. */
export function refusedPost(result: Exclude<CallbackResult, { kind: 'stored' }>) {
  switch (result.kind) {
    case 'forged':
      return problem('invalid-signature')
    case 'malformed':
      return problem('invalid-callback', { detail: result.words })
    case 'unavailable':
      return problem('unavailable')
  }
}
