import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clientBucket, clientNetworks } from '../../src/request-source/address-bucket'

describe('RL-03, INC-33: the bucket of a client', () => {
  it.each([
    ['IPv4', '203.0.113.7', '203.0.113.7'],
    ['the lowest IPv4', '0.0.0.0', '0.0.0.0'],
    ['the highest IPv4', '255.255.255.255', '255.255.255.255'],
    ['IPv6 in full', '2001:0db8:0000:0001:0000:0000:0000:0007', '2001:db8:0:1::/64'],
    ['IPv6 compressed', '2001:db8:0:1::7', '2001:db8:0:1::/64'],
    ['IPv6 compressed within the /64', '2001:db8::1:0:0:0:7', '2001:db8:0:1::/64'],
    ['IPv6 in upper case', '2001:DB8:0:1::7', '2001:db8:0:1::/64'],
    ['IPv6 with an IPv4 in it', '2001:db8:0:1::192.0.2.1', '2001:db8:0:1::/64'],
    ['IPv6 with a host of nothing', '2001:db8:0:1::', '2001:db8:0:1::/64'],
    ['IPv6 that ends before the /64 does', '2001:db8::', '2001:db8:0:0::/64'],
    ['IPv6 that begins with nothing', '::1', '0:0:0:0::/64'],
    ['IPv6 of nothing', '::', '0:0:0:0::/64'],
    ['no address', null, 'unknown'],
    ['another zone’s Worker', '2a06:98c0:3600::103', 'unknown'],
    ['a neighbour of that', '2a06:98c0:3600::104', '2a06:98c0:3600:0::/64'],
    ['an empty text', '', 'unknown'],
    ['a word', 'localhost', 'unknown'],
    ['hexadecimal', 'deadbeef', 'unknown'],
    ['three parts', '203.0.113', 'unknown'],
    ['five parts', '203.0.113.7.9', 'unknown'],
    ['nine groups', '1:2:3:4:5:6:7:8:9', 'unknown'],
    ['two gaps', '1::2::3', 'unknown'],
    ['five digits in a group', '2001:db8:0:00001::7', 'unknown'],
    ['an IPv4 with a port', '203.0.113.7:443', 'unknown'],
    ['a zone', 'fe80::1%eth0', 'unknown'],
    ['brackets', '[2001:db8::1]', 'unknown'],
    ['a list', '203.0.113.7, 203.0.113.8', 'unknown'],
    ['a space', ' 203.0.113.7', 'unknown'],
    ['a line after it', '203.0.113.7\n', 'unknown'],
    ['another URL', '2001:db8::1]/@evil', 'unknown'],
  ])('%s', (_, address, bucket) => {
    expect(clientBucket(address)).toBe(bucket)
  })

  const group = fc.integer({ min: 0, max: 0xffff })
  const network = fc.tuple(group, group, group, group).filter(([a, b]) => !(a === 0x2a06 && b === 0x98c0))
  const host = fc.tuple(group, group, group, group)
  const spelling = fc.record({
    upper: fc.boolean(),
    padded: fc.boolean(),
    compressed: fc.boolean(),
    embedded: fc.boolean(),
  })

  it('all addresses of one /64 are one bucket, in whatever spelling', () => {
    fc.assert(
      fc.property(network, host, host, spelling, spelling, (prefix, one, other, here, there) => {
        const [first, second] = [spell([...prefix, ...one], here), spell([...prefix, ...other], there)]
        expect(clientBucket(first)).toBe(clientBucket(second))
        expect(clientBucket(first)).toMatch(/^([0-9a-f]{1,4}:){3}[0-9a-f]{1,4}::\/64$/)
      }),
    )
  })

  it('addresses of two /64 are two buckets', () => {
    fc.assert(
      fc.property(network, network, host, spelling, (one, other, rest, how) => {
        fc.pre(one.some((part, index) => part !== other[index]))
        expect(clientBucket(spell([...one, ...rest], how))).not.toBe(
          clientBucket(spell([...other, ...rest], how)),
        )
      }),
    )
  })

  it('each IPv4 address is a bucket of its own', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(clientBucket(address)).toBe(address)
      }),
    )
  })

  it('whatever else is sent is in the one bucket of the unknown, and nothing throws', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(...'0123456789abcdefABCDEF:.%[]/@ ') }),
    )
    fc.assert(
      fc.property(text, (garbage) => {
        const bucket = clientBucket(garbage)
        if (bucket !== 'unknown') expect(bucket).toMatch(/^([0-9a-f:]+::\/64|\d+(\.\d+){3})$/)
        if (!/^[0-9a-f:.]+$/i.test(garbage)) expect(bucket).toBe('unknown')
      }),
      { numRuns: 500 },
    )
  })
})

interface Spelling {
  readonly upper: boolean
  readonly padded: boolean
  readonly compressed: boolean
  readonly embedded: boolean
}

/** Returns an IPv6 address as RFC 4291 §2.2 lets one write it. */
function spell(groups: readonly number[], { upper, padded, compressed, embedded }: Spelling): string {
  const hex = groups.map((part) => part.toString(16).padStart(padded ? 4 : 1, '0'))
  const [high = 0, low = 0] = groups.slice(6)
  const parts = embedded ? [...hex.slice(0, 6), [high >> 8, high & 255, low >> 8, low & 255].join('.')] : hex
  const text = parts.join(':')
  const short = compressed ? compress(text) : text
  return upper ? short.toUpperCase() : short
}

/** Writes the first run of groups of nothing as a gap. */
function compress(address: string): string {
  return address.replace(/(^|:)0+(:0+)+(?![0-9a-f.])(:|$)/, '::')
}

describe('RL-03: the networks of a client', () => {
  it.each([
    ['2001:db8:1:abcd::7', ['2001:db8:1:abcd::/64', '2001:db8:1:ab00::/56', '2001:db8:1::/48']],
    ['2001:db8:1:1::7', ['2001:db8:1:1::/64', '2001:db8:1:0000::/56', '2001:db8:1::/48']],
    ['2001:db8:1:1ff::', ['2001:db8:1:1ff::/64', '2001:db8:1:0100::/56', '2001:db8:1::/48']],
    ['203.0.113.7', ['203.0.113.7']],
    ['2a06:98c0:3600::103', ['unknown']],
    [null, ['unknown']],
  ])('%s', (address, names) => {
    expect(clientNetworks(address).map(({ name }) => name)).toEqual(names)
  })
})
