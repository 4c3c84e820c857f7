/** What Cloudflare puts in place of an address when another zone's Worker calls: many callers, so nobody's address. */
const WORKERS_ADDRESS = '2a06:98c0:3600::103'

/**
 * The bucket in which a client's attempts are counted: an IPv4 address, the /64 of an IPv6 address, for a customer has at least
 * that many, or one bucket for all whose address is not known.
 *
 * @param address `CF-Connecting-IP`, which the edge sets. Every other header is the client's own word.
 */
export function clientBucket(address: string | null): string {
  if (address === null || address === WORKERS_ADDRESS) return 'unknown'
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(address)) return address
  // The URL parser expands and checks an IPv6 address, and writes it one way.
  if (!/^[0-9a-f:.]+$/i.test(address) || !URL.canParse(`https://[${address}]/`)) return 'unknown'
  const [head = '', tail] = new URL(`https://[${address}]/`).hostname.slice(1, -1).split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups = [...before, ...Array(8 - before.length - after.length).fill('0'), ...after]
  return `${groups.slice(0, 4).join(':')}::/64`
}
