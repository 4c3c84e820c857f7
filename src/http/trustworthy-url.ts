/** Secure, or on this machine: nothing else may carry a credential, or the keys that credentials are verified with. */
export function isTrustworthy(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLocal(url))
}

/** Returns whether a URL leads to this machine. Browsers resolve every name below `localhost` to it (RFC 6761 §6.3). */
export function isLocal({ hostname }: URL): boolean {
  return /^((.+\.)?localhost|127\.0\.0\.1|\[::1\])$/.test(hostname)
}
