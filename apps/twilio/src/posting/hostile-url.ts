import { isIP } from 'node:net'
import { mayReach } from './addresses.ts'

/** The host of a URL as it is looked up: an address without its brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}

/** Why nothing may be posted to a URL, whatever its name leads to; `undefined` where it may be. */
export function refusalOf(
  text: string,
  { allowLoopback }: { allowLoopback: boolean },
): string | undefined {
  // `https:/example.com`, backslashes and tabs are read as if they were not there: what one reads is
  // not what is called.
  // oxlint-disable-next-line no-control-regex
  if (!/^https?:\/\/[^/]/i.test(text) || /[\s\\\u0000-\u001f\u007f]/.test(text))
    return 'is not an https URL'
  const url = URL.parse(text)
  if (!url) return 'is not an https URL'
  const host = hostOf(url)
  const isLocal = host === 'localhost' || (isIP(host) > 0 && mayReach(host, { allowLoopback }))
  if (url.protocol !== 'https:' && !(allowLoopback && isLocal)) return 'must be https'
  if (url.username !== '' || url.password !== '') return 'must not hold a user or a password'
  if (url.hash !== '') return 'must not have a fragment'
  // Below 1024 other services listen, to which a request could be made to look like theirs.
  const port = Number(url.port === '' ? 443 : url.port)
  if (port !== 443 && port < 1_024 && !allowLoopback) return 'must use port 443, or 1024 and above'
  if (isIP(host) > 0)
    return mayReach(host, { allowLoopback }) ? undefined : 'must lead to a public address'
  if (/^localhost\.?$|\.localhost\.?$/i.test(host))
    return allowLoopback ? undefined : 'must lead to a public address'
  // What has no dot, or one of these endings, is a name of somebody's own network.
  if (!host.includes('.') || /\.(local|internal|localdomain|home\.arpa)\.?$|\.$/i.test(host))
    return 'must be a public name'
  return undefined
}
