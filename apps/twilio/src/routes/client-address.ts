import ipaddr from 'ipaddr.js'
import { type Settings, TwilioSettingsError } from '../config.ts'
import type { PlainRequest } from './plain.ts'

type Address = ipaddr.IPv4 | ipaddr.IPv6
type Source = Pick<PlainRequest, 'headers' | 'remoteAddress'>

/**
 * Tells who is at the other end, as far as the proxies that the settings trust vouch for it. Each
 * proxy appends the address it was called from to `X-Forwarded-For`, so only entries counted from the
 * right can be believed: everything left of them may be the caller's own invention.
 */
export function createClientAddress(settings: Settings): (request: Source) => string | undefined {
  const { trustedProxies } = settings.http
  if (trustedProxies === 0) return (request) => plain(request.remoteAddress)
  const isTrusted =
    typeof trustedProxies === 'number'
      ? (_: Address | undefined, hop: number) => hop < trustedProxies
      : trustRanges(trustedProxies)

  return (request) => {
    let address = parseAddress(request.remoteAddress ?? '')
    const entries = (request.headers['x-forwarded-for'] ?? '').split(',')
    for (let hop = 0; isTrusted(address, hop) && entries.length > 0; hop++) {
      const next = parseEntry((entries.pop() ?? '').trim())
      // A trusted proxy that writes no address is as far as one can see.
      if (next === undefined) break
      address = next
    }
    return address?.toString()
  }
}

/** The text of an address that the system itself gave: no need to parse the usual one. */
function plain(address: string | undefined): string | undefined {
  if (address === undefined || address === '') return undefined
  return address.includes(':') ? (parseAddress(address)?.toString() ?? address) : address
}

function trustRanges(ranges: readonly string[]): (address: Address | undefined) => boolean {
  const parsed = ranges.map(parseRange)
  return (address) =>
    address !== undefined &&
    parsed.some(([range, bits]) => range.kind() === address.kind() && address.match(range, bits))
}

function parseRange(text: string): [Address, number] {
  const single = parseAddress(text)
  if (single) return [single, single.kind() === 'ipv4' ? 32 : 128]
  const isRange = text.includes(':')
    ? ipaddr.IPv6.isValidCIDR(text)
    : ipaddr.IPv4.isValidCIDRFourPartDecimal(text)
  if (isRange) return ipaddr.parseCIDR(text)
  throw new TwilioSettingsError([
    { setting: 'http.trustedProxies', message: `"${text}" is neither an address nor a CIDR range` },
  ])
}

/** An entry of the header: an address, maybe with a port as some balancers write it. */
function parseEntry(entry: string): Address | undefined {
  const bracketed = /^\[([0-9a-fA-F:.]{2,45})\](?::\d{1,5})?$/.exec(entry)
  if (bracketed) {
    const address = bracketed[1] ?? ''
    return address.includes(':') ? parseAddress(address) : undefined
  }
  const withPort = /^([0-9.]{7,15}):\d{1,5}$/.exec(entry)
  return parseAddress(withPort?.[1] ?? entry)
}

/** Only the usual spellings: `0x7f.1` and `0177.0.0.1` are addresses to some and not to others. */
function parseAddress(text: string): Address | undefined {
  if (!text.includes(':')) {
    return ipaddr.IPv4.isValidFourPartDecimal(text) ? ipaddr.IPv4.parse(text) : undefined
  }
  if (text.length > 64 || !ipaddr.IPv6.isValid(text)) return undefined
  const parsed = ipaddr.IPv6.parse(text)
  if (parsed.isIPv4MappedAddress()) return parsed.toIPv4Address()
  delete parsed.zoneId
  return parsed
}
