import { callbackPath } from './twilio-callbacks.ts'
import { inboundPath } from './twilio-inbound.ts'

// What proxies and settings do to an address between Twilio, which signs it as it knows it, and the
// app. Everything is done on text: `new URL` would mend what is to be found.

/** A callback as it arrived, headers in lower case. */
export interface ReceivedCallback {
  /** As received: whole, or the path and query alone. */
  url: string
  headers: Readonly<Record<string, string | undefined>>
  body: string
}

/** An address in its parts. */
export interface AddressParts {
  scheme: string
  host: string
  /** With its colon, or empty. */
  port: string
  path: string
  /** With its question mark, or empty. */
  query: string
}

const shape = /^(?:(https?):\/\/(?:[^@/?#]*@)?(\[[^\]]*\]|[^/?#:]*)(:\d*)?)?([^?#]*)(\?[^#]*)?/i

/** Takes an address apart; scheme and host are empty where it begins with its path. */
export function partsOf(address: string): AddressParts {
  const [, scheme = '', host = '', port = '', path = '', query = ''] = shape.exec(address) ?? []
  return { scheme: scheme.toLowerCase(), host, port, path, query }
}

/** Puts it together again. */
export function addressOf({ scheme, host, port, path, query }: AddressParts): string {
  return `${scheme}://${host}${port}${path}${query}`
}

/** The webhook that it was meant for, below `publicUrl`: what stands before it may have been changed. */
export function hookPathOf({
  url,
}: Pick<ReceivedCallback, 'url'>): typeof callbackPath | typeof inboundPath {
  return /\/inbound\/*$/.test(partsOf(url).path) ? inboundPath : callbackPath
}

/** More would be somebody's experiment, and each is signed once a token. */
const mostVariants = 20_000

/** Every address that Twilio may have called for this callback to arrive as it did. */
export function* variantsOf(publicUrl: string, callback: ReceivedCallback): Iterable<string> {
  const expected = partsOf(publicUrl)
  const received = partsOf(callback.url)
  let count = 0
  for (const path of pathsOf(expected, received, callback)) {
    for (const query of queriesOf(received.query)) {
      for (const { host, ports } of hostsOf(expected, received, callback.headers)) {
        for (const port of ports) {
          for (const scheme of ['https', 'http']) {
            if (++count > mostVariants) return
            yield addressOf({ scheme, host, port, path, query })
          }
        }
      }
    }
  }
}

function hostsOf(
  expected: AddressParts,
  received: AddressParts,
  headers: ReceivedCallback['headers'],
): { host: string; ports: Set<string> }[] {
  const forwarded = [...(headers['forwarded'] ?? '').matchAll(/host="?([^";,]+)/gi)]
  const named = [
    headers['host'],
    headers['x-original-host'],
    ...(headers['x-forwarded-host'] ?? '').split(','),
    ...forwarded.map(([, host]) => host),
  ]
  const places = [
    expected,
    received,
    ...named.map((text) => partsOf(`http://${text?.trim() ?? ''}`)),
  ].filter(({ host }) => host !== '')
  const ports = new Set(['', ':443', ':80', ...places.map(({ port }) => port)])
  for (const one of (headers['x-forwarded-port'] ?? '').matchAll(/\d+/g)) ports.add(`:${one[0]}`)
  const hosts = new Set(places.flatMap(({ host }) => [host, host.toLowerCase(), withoutWww(host)]))
  return [...hosts].flatMap((host) => [
    { host, ports },
    { host: `www.${host}`, ports },
  ])
}

function withoutWww(host: string): string {
  return host.replace(/^www\./i, '')
}

function pathsOf(
  expected: AddressParts,
  received: AddressParts,
  { url, headers }: ReceivedCallback,
): Set<string> {
  const hookPath = hookPathOf({ url })
  const prefix = expected.path.replace(/\/+$/, '')
  const forwarded = headers['x-forwarded-prefix']?.replace(/\/+$/, '')
  const original = ['x-original-uri', 'x-original-url', 'x-rewrite-url', 'x-forwarded-uri']
    .map((name) => partsOf(headers[name] ?? '').path)
    .filter((path) => path !== '')
  const bare = received.path
  const cut = bare.startsWith(`${prefix}/`) ? bare.slice(prefix.length) : bare
  const paths = [
    `${prefix}${hookPath}/`,
    bare,
    cut,
    `${prefix}${bare}`,
    `${hookPath}/`,
    ...(forwarded === undefined ? [] : [`${forwarded}${bare}`, `${forwarded}${cut}`]),
    ...original,
  ]
  const spelled = paths.flatMap((path) => [path, decoded(path), path.replaceAll(/\/{2,}/g, '/')])
  return new Set(spelled.flatMap((path) => [path, withSlash(path), path.replace(/\/+$/, '')]))
}

function withSlash(path: string): string {
  return path.endsWith('/') ? path : `${path}/`
}

function queriesOf(query: string): Set<string> {
  const text = query.replace(/^\?/, '')
  const written = new URLSearchParams(text).toString()
  // Ours alone and in our order, where a proxy has added some of its own or sorted them.
  const ours = text.split('&').filter((one) => /^(message_id|attempt)=/.test(one))
  const variants = [
    text,
    decoded(text),
    written,
    written.replaceAll('+', '%20'),
    text.replaceAll('&amp;', '&'),
    ours.toSorted().toReversed().join('&'),
    '',
  ]
  return new Set(variants.map((one) => (one === '' ? '' : `?${one}`)))
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
