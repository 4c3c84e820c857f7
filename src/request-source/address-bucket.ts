/** Holds what Cloudflare puts in place of an address when another zone's Worker calls: many callers, so nobody's address. */
const WORKERS_ADDRESS = '2a06:98c0:3600::103'

/**
 * Returns the bucket in which a client's requests are counted: an IPv4 address, the /64 of an IPv6 address, because a customer has at
 * least that many, or one bucket for all whose address is unknown.
 *
 * @param address `CF-Connecting-IP`, which the edge sets. Every other header is the client's own word.
 */
export function clientBucket(address: string | null): string {
  return clientNetworks(address)[0].name
}

/** A network that a request comes from. */
export interface ClientNetwork {
  readonly name: string
  /** `single`: one address, a /64, or all that are unknown. The others hold many of those. */
  readonly size: 'single' | '/56' | '/48'
}

/**
 * Returns the networks that an address is in, smallest first. Of IPv6 also the /56 and the /48, which are what providers give to a home
 * and to a site: their owner has 256 or 65,536 buckets of the smallest size.
 */
export function clientNetworks(address: string | null): readonly [ClientNetwork, ...ClientNetwork[]] {
  const groups = ipv6Groups(address)
  if (groups === null) return [{ name: ipv4Of(address) ?? 'unknown', size: 'single' }]
  const [a, b, c, d = ''] = groups
  const subnet = d.padStart(4, '0')
  return [
    { name: `${groups.slice(0, 4).join(':')}::/64`, size: 'single' },
    { name: `${a}:${b}:${c}:${subnet.slice(0, 2)}00::/56`, size: '/56' },
    { name: `${a}:${b}:${c}::/48`, size: '/48' },
  ]
}

function ipv4Of(address: string | null): string | null {
  return address !== null && /^\d{1,3}(\.\d{1,3}){3}$/.test(address) ? address : null
}

/** Returns the eight groups of an IPv6 address, without leading zeros, or `null` if it is no IPv6 address or that of many callers. */
function ipv6Groups(address: string | null): readonly string[] | null {
  if (address === null || address === WORKERS_ADDRESS || ipv4Of(address) !== null) return null
  // The URL parser expands and checks an IPv6 address, and writes it one way.
  if (!/^[0-9a-f:.]+$/i.test(address) || !URL.canParse(`https://[${address}]/`)) return null
  const [head = '', tail] = new URL(`https://[${address}]/`).hostname.slice(1, -1).split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  return [...before, ...Array(8 - before.length - after.length).fill('0'), ...after]
}
