import { parseInbound, parseStatusCallback, validateExactSignature } from '@hsb/twilio-sms'
import type { Settings } from '../config.ts'
import type { Secret } from '../domain/secret.ts'
import { authTokensOf, signedAddresses } from './signed-requests.ts'
import { createCallbackReader } from './twilio-callbacks.ts'
import { createInboundReader, inboundPath } from './twilio-inbound.ts'
import {
  type AddressParts,
  hookPathOf,
  partsOf,
  type ReceivedCallback,
  variantsOf,
} from './callback-variants.ts'

/** Why a callback is refused, or would be. Settings are named, their values never shown. */
export type CallbackDiagnosis =
  /** The app would take it. `token`: the setting whose value signed it. */
  | { kind: 'accepted'; token: string }
  /** Signed as the settings say, and refused for what is in it. */
  | { kind: 'not-ours'; token: string; words: string }
  /** Twilio signed another address than the app looks at. */
  | {
      kind: 'other-address'
      token: string
      signed: string
      expected: string
      differences: string[]
      /** What `publicUrl` would have to be, where that alone mends it. */
      publicUrl: string | undefined
    }
  /** The address is right and the body was changed on its way. */
  | { kind: 'other-body'; token: string; words: string }
  /** Signed with something that never signs callbacks. */
  | { kind: 'wrong-secret'; setting: string }
  | { kind: 'unsigned' }
  | { kind: 'no-signature-shape' }
  /** No address and no token fits. `hints`: what is odd about it. */
  | { kind: 'unknown'; tried: { addresses: number; tokens: string[] }; hints: string[] }

interface Body {
  params: URLSearchParams
  /** How it differs from what arrived. */
  words: string | undefined
}

/** Tries what proxies and settings are known to do until the signature fits. Computes only. */
export function diagnoseCallback(
  settings: Settings,
  callback: ReceivedCallback,
): CallbackDiagnosis {
  const signature = callback.headers['x-twilio-signature']
  if (signature === undefined || signature === '') return { kind: 'unsigned' }
  if (!/^[A-Za-z0-9+/]{27}=$/.test(signature)) return { kind: 'no-signature-shape' }
  const secrets = secretsOf(settings)
  const bodies = bodiesOf(callback)
  const addresses = new Set([
    ...accepted(settings, callback),
    ...variantsOf(settings.publicUrl, callback),
  ])
  for (const url of addresses) {
    for (const body of bodies) {
      for (const { setting, token } of secrets) {
        const signed = { authTokens: [token.reveal()], url, params: body.params, signature }
        if (!validateExactSignature(signed)) continue
        if (setting === 'twilio.apiKey.secret') return { kind: 'wrong-secret', setting }
        return explain(settings, callback, { url, body, setting })
      }
    }
  }
  return {
    kind: 'unknown',
    tried: { addresses: addresses.size, tokens: secrets.map(({ setting }) => setting) },
    hints: hintsOf(settings, callback),
  }
}

function explain(
  settings: Settings,
  callback: ReceivedCallback,
  { url, body, setting: token }: { url: string; body: Body; setting: string },
): CallbackDiagnosis {
  const [expected = ''] = accepted(settings, callback)
  if (!accepted(settings, callback).includes(url)) {
    const differences = differencesOf(partsOf(url), partsOf(expected))
    const publicUrl = publicUrlOf(url, expected, hookPathOf(callback))
    return { kind: 'other-address', token, signed: url, expected, differences, publicUrl }
  }
  if (body.words !== undefined) return { kind: 'other-body', token, words: body.words }
  const createReader = isInbound(callback) ? createInboundReader : createCallbackReader
  const reading = createReader(settings)({
    rawQuery: rawQueryOf(callback.url),
    body: Buffer.from(body.params.toString()),
    signature: callback.headers['x-twilio-signature'],
  })
  if (reading.kind !== 'malformed') return { kind: 'accepted', token }
  return { kind: 'not-ours', token, words: reading.words }
}

/** The addresses that the app looks at, as its reader does. */
function accepted({ publicUrl }: Settings, callback: ReceivedCallback): string[] {
  return signedAddresses(publicUrl, hookPathOf(callback), rawQueryOf(callback.url))
}

/** True for what a phone wrote to us, as against how a message of ours goes. */
function isInbound(callback: ReceivedCallback): boolean {
  return hookPathOf(callback) === inboundPath
}

function rawQueryOf(url: string): string {
  return partsOf(url).query.slice(1)
}

function secretsOf(settings: Settings): { setting: string; token: Secret }[] {
  const { apiKey } = settings.twilio
  const notSigning = apiKey ? [{ setting: 'twilio.apiKey.secret', token: apiKey.secret }] : []
  return [...authTokensOf(settings), ...notSigning]
}

/** As it arrived, and as it may have been before somebody read and rewrote it. */
function bodiesOf({ body }: ReceivedCallback): Body[] {
  const bodies: Body[] = [
    { params: new URLSearchParams(body), words: undefined },
    // What an editor adds to a saved file says nothing about what arrived.
    { params: new URLSearchParams(body.trim()), words: undefined },
    {
      params: new URLSearchParams(body.trim().replaceAll(/(?<=^|[=&])\+(?=\d)/g, '%2B')),
      words: 'a plus sign of a phone number was written bare and reads as a space',
    },
  ]
  const json = readJson(body)
  if (json) bodies.push({ params: json, words: 'the form was turned into JSON' })
  return bodies
}

function readJson(body: string): URLSearchParams | undefined {
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    const fields = Object.entries(value).map(([name, one]): [string, string] => [name, String(one)])
    return new URLSearchParams(fields)
  } catch {
    return undefined
  }
}

function differencesOf(signed: AddressParts, expected: AddressParts): string[] {
  const names = ['scheme', 'host', 'port', 'path', 'query'] as const
  return names
    .filter((name) => signed[name] !== expected[name])
    .map(
      (name) => `${name}: signed ${signed[name] || 'none'}, expected ${expected[name] || 'none'}`,
    )
}

/** The signed address without what the app adds, if the query came through as it was. */
function publicUrlOf(signed: string, expected: string, hookPath: string): string | undefined {
  const { path, query } = partsOf(signed)
  if (query !== partsOf(expected).query) return undefined
  const bare = signed.slice(0, signed.length - query.length)
  const end = [`${hookPath}/`, hookPath].find((tail) => path.endsWith(tail))
  return end === undefined ? undefined : bare.slice(0, -end.length)
}

function hintsOf(settings: Settings, callback: ReceivedCallback): string[] {
  const { url, headers, body } = callback
  const hints: string[] = []
  if (!isInbound(callback) && !/[?&]message_id=/.test(url)) {
    hints.push(
      'the query with message_id and attempt is missing, which this app gives each callback',
    )
  }
  const params = new URLSearchParams(body)
  const type = headers['content-type'] ?? ''
  if (body.trim() === '') hints.push('the body is empty: something read it before')
  else if (type !== '' && !type.includes('application/x-www-form-urlencoded')) {
    hints.push(`the body is ${type.split(';')[0]}, and callbacks are forms`)
  }
  const account = params.get('AccountSid')
  if (account !== null && account.toLowerCase() !== settings.twilio.accountSid.toLowerCase()) {
    hints.push(
      'AccountSid is another account than twilio.accountSid: each signs with its own token',
    )
  }
  const [what, read] = isInbound(callback)
    ? ['inbound message', parseInbound(params)]
    : ['status callback', parseStatusCallback(params)]
  if (body.trim() !== '' && read.kind === 'invalid') {
    hints.push(`it is no ${what} as Twilio writes them: ${read.reason}`)
  }
  if (hints.length === 0) {
    hints.push('it is whole and of this account: the account has another auth token by now')
  }
  return hints
}
