import { BlockList, isIP } from 'node:net'

// What is not a public unicast address, by the registries of IANA:
// https://www.iana.org/assignments/iana-ipv4-special-registry
const refusedIpv4 = [
  ...(['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16'] as const),
  ...(['172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.31.196.0/24'] as const),
  ...(['192.52.193.0/24', '192.88.99.0/24', '192.168.0.0/16', '192.175.48.0/24'] as const),
  ...(['198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4'] as const),
  '240.0.0.0/4',
  // Azure hands out its metadata and DNS here, which is a public address to everybody else.
  '168.63.129.16/32',
]

// Of IPv6 only 2000::/3 is global unicast at all: mapped and compatible addresses, NAT64, unique local,
// link-local and multicast lie outside of it. These parts of it are none either:
// https://www.iana.org/assignments/iana-ipv6-special-registry
const refusedIpv6 = [
  // Teredo, benchmarking, ORCHID and the other protocols.
  '2001::/23',
  '2001:db8::/32',
  // 6to4 carries an IPv4 address.
  '2002::/16',
  '2620:4f:8000::/48',
  '3fff::/20',
]

const refused = listOf(refusedIpv4, 'ipv4')
const refusedGlobal = listOf(refusedIpv6, 'ipv6')
const global = listOf(['2000::/3'], 'ipv6')
const loopback = listOf(['127.0.0.0/8'], 'ipv4')

function listOf(subnets: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList()
  for (const subnet of subnets) {
    const [network = '', bits = ''] = subnet.split('/')
    list.addSubnet(network, Number(bits), family)
  }
  return list
}

/** Whose an address is: anybody's, this machine's, or one that nobody else should be able to name. */
export function reachOf(address: string): 'public' | 'loopback' | 'refused' {
  switch (isIP(address)) {
    case 4:
      if (loopback.check(address, 'ipv4')) return 'loopback'
      return refused.check(address, 'ipv4') ? 'refused' : 'public'
    case 6:
      if (address === '::1') return 'loopback'
      if (address.includes('%') || !global.check(address, 'ipv6')) return 'refused'
      return refusedGlobal.check(address, 'ipv6') ? 'refused' : 'public'
    default:
      return 'refused'
  }
}

/** True where a request may go to this address. */
export function mayReach(address: string, { allowLoopback }: { allowLoopback: boolean }): boolean {
  const reach = reachOf(address)
  return reach === 'public' || (allowLoopback && reach === 'loopback')
}
