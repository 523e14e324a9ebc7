import ipaddr from 'ipaddr.js'

/**
 * The part of a client's address that one client cannot change at will: an IPv4 address, the /64 of an
 * IPv6 one. IPv4 inside IPv6 (`::ffff:192.0.2.1`) is IPv4. All text that is no address shares one key;
 * a key is its own key.
 */
export function addressKey(clientAddress: string): string {
  const text = clientAddress.trim().replace(/(:.*)\/64$/, '$1')
  // The short forms of IPv4 (`1.2.3`, `0x7f.1`) never come from a socket.
  if (!ipaddr.IPv6.isValid(text) && !ipaddr.IPv4.isValidFourPartDecimal(text)) return 'unknown'
  const address = ipaddr.process(text)
  if (address instanceof ipaddr.IPv6) {
    const network = address.parts.slice(0, 4).map((part) => part.toString(16))
    return `${network.join(':')}::/64`
  }
  return address.toNormalizedString()
}
