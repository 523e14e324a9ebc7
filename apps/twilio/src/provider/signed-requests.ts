import { TextDecoder } from 'node:util'
import { validateExactSignature } from '@hsb/twilio-sms'
import type { Settings } from '../config.ts'
import type { Secret } from '../domain/secret.ts'
import type { CallbackRequest } from './provider.ts'

/** A request to one of our webhooks, and whether Twilio has signed it. */
export type SignedReading =
  | { kind: 'forged' }
  | { kind: 'malformed'; words: string }
  | { kind: 'signed'; params: URLSearchParams }

/** Below `publicUrl`, without its last slash. */
type Path = `/${string}`

const mostParameters = 200

/** Every token that may sign, by the name of its setting. */
export function authTokensOf({ twilio }: Settings): { setting: string; token: Secret }[] {
  return [
    { setting: 'twilio.authToken', token: twilio.authToken },
    ...twilio.otherAuthTokens.map((token, i) => ({
      setting: `twilio.otherAuthTokens[${i}]`,
      token,
    })),
  ]
}

/** The addresses that may be signed: one typed into Twilio's console may lack the slash; ours never does. */
export function signedAddresses(publicUrl: string, path: Path, rawQuery: string): string[] {
  const query = rawQuery === '' ? '' : `?${rawQuery}`
  return ['/', ''].map((slash) => `${publicUrl}${path}${slash}${query}`)
}

/** Checks signatures: over the configured public URL and no other, with every token that is valid. */
export function createSignatureCheck(
  settings: Settings,
): (request: CallbackRequest, path: Path) => SignedReading {
  const authTokens = authTokensOf(settings).map(({ token }) => token.reveal())
  const decoder = new TextDecoder('utf-8', { fatal: true })

  return ({ rawQuery, body, signature }, path) => {
    if (signature === undefined) return { kind: 'forged' }
    if (countParameters(body) > mostParameters)
      return { kind: 'malformed', words: 'too many parameters' }
    const params = readForm(body, decoder)
    if (params === undefined) return { kind: 'forged' }
    const isSigned = signedAddresses(settings.publicUrl, path, rawQuery).some((url) =>
      validateExactSignature({ authTokens, url, params, signature }),
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
