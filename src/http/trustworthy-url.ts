/** Returns `true` for a URL that is secure or on this machine: no other may carry a credential, or the keys that verify credentials. */
export function isTrustworthy(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLocal(url))
}

/** Returns whether a URL leads to this machine. Browsers resolve every name below `localhost` to it (RFC 6761 §6.3). */
export function isLocal({ hostname }: URL): boolean {
  return /^((.+\.)?localhost|127\.0\.0\.1|\[::1\])$/.test(hostname)
}
