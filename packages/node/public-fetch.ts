import { lookup } from 'node:dns'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { Readable } from 'node:stream'
import type { Send } from '../../src/social/egress'

/** The addresses of IPv4 that are of this machine, of a network of one's own, or of nobody (IANA's registry, RFC 6890). */
const NOT_PUBLIC = networks('ipv4', [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
])

/** The addresses of IPv6 that the world assigns, and what among them is of nobody or leads to IPv4. */
const GLOBAL = networks('ipv6', [['2000::', 3]])
const NOT_GLOBAL = networks('ipv6', [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
])

/** An answer that has no body, whatever comes after it. */
const WITHOUT_BODY = [204, 205, 304]

/** Returns whether an address is one that everybody reaches, and so none of this machine or of its own network. */
export function isPublicAddress(address: string): boolean {
  // With a zone it is of this network.
  if (address.includes('%')) return false
  if (isIP(address) === 6) return GLOBAL.check(address, 'ipv6') && !NOT_GLOBAL.check(address, 'ipv6')
  return isIP(address) === 4 && !NOT_PUBLIC.check(address, 'ipv4')
}

interface PublicFetchOptions {
  readonly isPublic?: (address: string) => boolean
  /** Signs certificates besides those that Node knows, in PEM. */
  readonly ca?: string
}

/**
 * Makes what sends GET requests to URLs that strangers chose. The name is resolved for the connection itself and not before it, so that no
 * second answer of its name server leads elsewhere (DNS rebinding). Workers need none of this: their `fetch` reaches no private network.
 */
export function createPublicFetch({ isPublic = isPublicAddress, ca }: PublicFetchOptions = {}): Send {
  const lookupPublic: LookupFunction = (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      // guard: a stranger's URL leads to no address of this network
      const addresses = error ? [] : found.filter(({ address }) => isPublic(address))
      const [first] = addresses
      if (!first) done(error ?? new Error('The name has no public address'), [])
      else if (options.all) done(null, addresses)
      else done(null, first.address, first.family)
    })
  }

  return (url, { headers, signal }) =>
    new Promise((resolve, reject) => {
      // No name is looked up for an address.
      // guard: a stranger's URL names no address
      if (isIP(new URL(url).hostname.replace(/^\[|\]$/g, '')) !== 0)
        throw new TypeError('The host is an address')
      const options = {
        headers: { 'User-Agent': 'janus', ...Object.fromEntries(new Headers(headers)) },
        lookup: lookupPublic,
        // A connection of its own, so that none is used that was made for another name.
        agent: false,
        ...(signal ? { signal } : {}),
        ...(ca === undefined ? {} : { ca }),
      } as const
      const asked = request(url, options, (answer) => {
        // A body that nobody reads to its end is cut off by the signal.
        answer.on('error', () => {})
        try {
          resolve(toResponse(answer))
        } catch (error) {
          answer.destroy()
          reject(error)
        }
      })
      asked.on('error', (error) => reject(signal?.aborted ? signal.reason : error))
      asked.end()
    })
}

function toResponse(answer: IncomingMessage): Response {
  const { statusCode: status = 500, headersDistinct } = answer
  const headers = new Headers()
  for (const [name, values = []] of Object.entries(headersDistinct)) {
    for (const value of values) headers.append(name, value)
  }
  if (!WITHOUT_BODY.includes(status)) {
    return new Response(Readable.toWeb(answer) as unknown as ReadableStream<Uint8Array>, { status, headers })
  }
  answer.resume()
  return new Response(null, { status, headers })
}

function networks(family: 'ipv4' | 'ipv6', nets: readonly (readonly [address: string, prefix: number])[]) {
  const list = new BlockList()
  for (const [address, prefix] of nets) list.addSubnet(address, prefix, family)
  return list
}
