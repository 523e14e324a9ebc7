/** A callback URL taken apart: what is asked for, what is signed, what its fragment overrides. */
export interface CallbackTarget {
  /** Where the request goes: without userinfo and fragment. */
  requestUrl: string
  /** What is hashed: the same, as it was written. */
  signedUrl: string
  /** From the userinfo, if there is one. */
  authorization: string | undefined
  overrides: Overrides
}

/** https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides */
export interface Overrides {
  connectMs: number
  readMs: number
  totalMs: number
  retries: number
  retryOn: ReadonlySet<string>
}

/** Undefined when the text is not a URL Twilio would call. */
export function readCallbackUrl(text: string): CallbackTarget | undefined {
  if (text.length > 4000 || !URL.canParse(text)) return undefined
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined
  if (url.hostname.includes('_')) return undefined
  const signedUrl = text.replace(/#.*$/s, '').replace(/^(https?:\/\/)[^/?]*@/i, '$1')
  const { username, password } = url
  const overrides = readOverrides(url.hash)
  url.username = ''
  url.password = ''
  url.hash = ''
  return {
    requestUrl: url.href,
    signedUrl,
    authorization: username
      ? `Basic ${btoa(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)}`
      : undefined,
    overrides,
  }
}

function readOverrides(hash: string): Overrides {
  const values = new URLSearchParams(hash.slice(1))
  const number = (name: string, least: number, most: number, otherwise: number) => {
    const value = Number(values.get(name) ?? Number.NaN)
    return Number.isInteger(value) && value >= least && value <= most ? value : otherwise
  }
  return {
    connectMs: number('ct', 100, 10_000, 5000),
    readMs: number('rt', 100, 15_000, 15_000),
    totalMs: number('tt', 100, 15_000, 15_000),
    retries: number('rc', 0, 5, 1),
    retryOn: new Set((values.get('rp') ?? 'ct').split(',')),
  }
}
