import { type Fault, fault } from './fault'

/** Says where a server listens. */
export interface Address {
  /** A name, an IPv4 address, or an IPv6 address in brackets. */
  readonly hostname: string
  readonly port: number
}

/** A Redis server, and who signs in to it. */
export interface RedisServer extends Address {
  readonly tls: boolean
  /** `null`: the default user. */
  readonly username: string | null
  /** `null`: the server asks for none. */
  readonly password: string | null
  readonly database: number
}

const REDIS_FORM = 'must be a URL: rediss://user:password@host:6380 (redis:// only within a private network)'

/** Accepts where a Redis server is. The password and the sessions must not cross a public network in clear. */
export function parseRedisUrl(text: string): RedisServer | Fault {
  const url = URL.parse(text)
  if (url === null || !['redis:', 'rediss:'].includes(url.protocol)) return fault(REDIS_FORM)
  const [, database = '0'] = /^\/(\d{1,4})$/.exec(url.pathname) ?? []
  const isPlain = /^(\/\d{0,4})?$/.test(url.pathname) && url.search === '' && url.hash === ''
  if (!isPlain || !isHostname(url.hostname)) return fault(REDIS_FORM)
  const [username, password] = [decode(url.username), decode(url.password)]
  if (username === null || password === null) return fault(REDIS_FORM)
  if (username !== '' && password === '') return fault('names a user without a password')
  const tls = url.protocol === 'rediss:'
  // guard: Redis is not reached in clear over a public network
  if (!tls && !isPrivate(url.hostname)) {
    return fault('must begin with rediss:// here: redis:// sends the password and the sessions in clear')
  }
  return {
    hostname: url.hostname.toLowerCase(),
    port: url.port === '' ? 6379 : Number(url.port),
    tls,
    username: username === '' ? null : username,
    password: password === '' ? null : password,
    database: Number(database),
  }
}

/** Accepts `host:port`. */
export function parseServerAddress(text: string): Address | Fault {
  const [, hostname = '', port = ''] = /^(.+):(\d{1,5})$/.exec(text) ?? []
  return isHostname(hostname) && Number(port) > 0 && Number(port) < 65_536
    ? { hostname: hostname.toLowerCase(), port: Number(port) }
    : fault('must be host:port')
}

/** Tells whether a host is on this machine or in a private network, as far as its name says. */
export function isPrivate(hostname: string): boolean {
  // A name without a dot, and these endings, are known to no public resolver (RFC 6761, RFC 6762, ICANN's .internal).
  if (/^[^.:[\]]+$|\.(localhost|local|internal|home\.arpa)$/i.test(hostname)) return true
  // RFC 1918, RFC 6598, RFC 4193.
  const isIpv4 = /^\d{1,3}(\.\d{1,3}){3}$/.test(hostname)
  if (isIpv4)
    return /^(127|10)\.|^192\.168\.|^172\.(1[6-9]|2\d|3[01])\.|^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./.test(
      hostname,
    )
  return /^\[(::1\]|f[cd])/i.test(hostname)
}

function isHostname(text: string): boolean {
  return /^([A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])$/.test(text)
}

/** Returns what a percent-encoded part of a URL means, or `null` if it means nothing. */
function decode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
