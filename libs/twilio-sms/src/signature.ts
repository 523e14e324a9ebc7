// X-Twilio-Signature: base64(HMAC-SHA1(auth token, URL + name + value + name + value …)), the names
// in code unit order, the values decoded, nothing in between.
// https://www.twilio.com/docs/usage/webhooks/webhooks-security
//
// Because nothing stands between names and values, `A=B1` and `AB=1` have the same signature. A good
// signature therefore says that Twilio wrote these characters, not where it drew the borders: parse
// what was signed with `parseStatusCallback` or `parseInbound`, which refuse borders drawn anew.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { parse, stringify } from 'node:querystring'

/** Form parameters in any order, decoded; a `URLSearchParams` is one. */
export type FormParameters = Iterable<readonly [name: string, value: string]>

/** What Twilio signed: the parameters of a form, or the bytes of a JSON body. */
export type SignedContent =
  | { readonly params: FormParameters }
  /** The URL then carries the body's hash as `bodySHA256`. Bytes, not text parsed and rewritten. */
  | { readonly rawBody: string | Uint8Array }

/** A request to be checked. */
export type SignedRequest = SignedContent & {
  /** Every token that is in force: two while one is being replaced. */
  readonly authTokens: readonly string[]
  /** The public URL as Twilio knows it, with its query and without fragment and credentials. */
  readonly url: string
  /** The X-Twilio-Signature header; a missing one is `undefined`. */
  readonly signature: string | undefined
}

/** The signature Twilio puts on a form request; with a GET, and with JSON, there are no parameters. */
export function signRequest(request: {
  readonly authToken: string
  readonly url: string
  readonly params?: FormParameters | undefined
}): string {
  return hmac(request.authToken, request.url + joinParameters(request.params ?? []))
}

/** The value of `bodySHA256` that Twilio adds to the URL of a JSON request before signing it. */
export function hashBody(rawBody: string | Uint8Array): string {
  return createHash('sha256').update(rawBody).digest('hex')
}

/**
 * Whether Twilio signed this request, for a receiver that is not sure how Twilio spells its URL:
 * standard ports, host case and escaped apostrophes may differ, as in Twilio's own library. Up to
 * six computations a token. Never throws; what is malformed is false.
 */
export function validateSignature(request: SignedRequest): boolean {
  return validate(request, spellingsOf)
}

/**
 * Whether Twilio signed this request, where the URL is known to the letter, as it is when we gave
 * it to Twilio ourselves: one computation a token. `portVariants` also tries the URL with and
 * without its port. Never throws; what is malformed is false.
 */
export function validateExactSignature(
  request: SignedRequest & { readonly portVariants?: boolean | undefined },
): boolean {
  return validate(request, request.portVariants === true ? portVariantsOf : (url) => [url])
}

function validate(request: SignedRequest, urlsOf: (url: string) => Iterable<string>): boolean {
  const { authTokens, url, signature } = request
  // Base64 of 20 bytes. Anything else is refused before any work is done for a stranger.
  if (typeof signature !== 'string' || !/^[A-Za-z0-9+/]{27}=$/.test(signature)) return false
  const given = Buffer.from(signature, 'latin1')
  try {
    const tail =
      'rawBody' in request ? bodyTail(url, request.rawBody) : joinParameters(request.params)
    if (tail === undefined) return false
    for (const candidate of urlsOf(url)) {
      for (const token of authTokens) {
        // An empty token would let anyone sign.
        if (token === '') continue
        if (timingSafeEqual(given, Buffer.from(hmac(token, candidate + tail), 'latin1')))
          return true
      }
    }
  } catch {
    // Parameters or a URL that are no text at all, from a caller without types: not signed.
  }
  return false
}

function hmac(authToken: string, text: string): string {
  return createHmac('sha1', authToken).update(text, 'utf8').digest('base64')
}

// With JSON the signature covers the URL alone, and the URL covers the body.
function bodyTail(url: string, rawBody: string | Uint8Array): '' | undefined {
  const claimed = new URLSearchParams(/\?([^#]*)/.exec(url)?.[1]).get('bodySHA256')
  if (claimed === null || !/^[0-9a-f]{64}$/.test(claimed)) return undefined
  const actual = Buffer.from(hashBody(rawBody), 'latin1')
  return timingSafeEqual(Buffer.from(claimed, 'latin1'), actual) ? '' : undefined
}

/**
 * The parameters as Twilio signs them: sorted by name, then by value, equal pairs once. Two
 * requests to one URL have the same signature exactly if this text is the same.
 */
export function joinParameters(params: FormParameters): string {
  const pairs = [...params].toSorted(
    ([nameA, valueA], [nameB, valueB]) => order(nameA, nameB) || order(valueA, valueB),
  )
  let joined = ''
  let last: readonly [string, string] | undefined
  for (const pair of pairs) {
    if (last === undefined || pair[0] !== last[0] || pair[1] !== last[1])
      joined += pair[0] + pair[1]
    last = pair
  }
  return joined
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

// The spellings that Twilio's library (npm twilio 6.2.0, webhooks.js) accepts, the likely ones
// first: as received, then as `new URL` writes it, then with its query escaped as Node's old
// querystring module does, which signers of the past used.
function* spellingsOf(url: string): Iterable<string> {
  const parsed = URL.parse(url)
  if (parsed === null) return
  const tried = new Set<string>()
  for (const spelling of [url, parsed.href, withOldQuery(parsed.href)]) {
    for (const variant of portVariantsOf(spelling)) {
      if (!tried.has(variant)) yield variant
      tried.add(variant)
    }
  }
}

function withOldQuery(url: string): string {
  const start = url.indexOf('?') + 1
  if (start === 0 || start === url.length) return url
  return url.slice(0, start) + stringify(parse(url.slice(start)))
}

// Scheme, credentials, host (an IPv6 one in brackets), port, rest.
const urlParts = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*@)?(\[[^\]/?#]*\]|[^/?#:]*)(:[^/?#]*)?(.*)$/is

/** Twilio drops the port for some products and keeps it for others; standard ports come and go. */
function portVariantsOf(url: string): string[] {
  const parts = urlParts.exec(url)
  if (parts === null) return [url]
  const [, scheme = '', user = '', host = '', port = '', rest = ''] = parts
  const standard = scheme.toLowerCase() === 'https://' ? ':443' : ':80'
  return [scheme + user + host + rest, scheme + user + host + (port || standard) + rest]
}
