import { TextDecoder } from 'node:util'
import { validateExactSignature } from '@hsb/twilio-sms'
import type { Settings } from '../config.ts'
import type { CallbackRequest } from './provider.ts'

/** A request to one of our webhooks, and whether Twilio has signed it. */
export type SignedReading =
  | { kind: 'forged' }
  | { kind: 'malformed'; words: string }
  | { kind: 'signed'; params: URLSearchParams }

/** Below `publicUrl`, without its last slash. */
type Path = `/${string}`

const mostParameters = 200

/** Checks signatures: over the configured public URL and no other, with every token that is valid. */
export function createSignatureCheck(
  settings: Settings,
): (request: CallbackRequest, path: Path) => SignedReading {
  const { twilio, publicUrl } = settings
  const authTokens = [twilio.authToken, ...twilio.otherAuthTokens].map((token) => token.reveal())
  const decoder = new TextDecoder('utf-8', { fatal: true })

  return ({ rawQuery, body, signature }, path) => {
    if (signature === undefined) return { kind: 'forged' }
    if (countParameters(body) > mostParameters)
      return { kind: 'malformed', words: 'too many parameters' }
    const params = readForm(body, decoder)
    if (params === undefined) return { kind: 'forged' }
    const query = rawQuery === '' ? '' : `?${rawQuery}`
    // An address typed into Twilio's console may lack the slash; ours never does.
    const isSigned = ['/', ''].some((slash) =>
      validateExactSignature({
        authTokens,
        url: `${publicUrl}${path}${slash}${query}`,
        params,
        signature,
      }),
    )
    return isSigned ? { kind: 'signed', params } : { kind: 'forged' }
  }
}

function countParameters(body: Uint8Array): number {
  let count = 1
  for (let at = body.indexOf(0x26); at >= 0; at = body.indexOf(0x26, at + 1)) count++
  return count
}

function readForm(body: Uint8Array, decoder: TextDecoder): URLSearchParams | undefined {
  try {
    return new URLSearchParams(decoder.decode(body))
  } catch {
    return undefined
  }
}
