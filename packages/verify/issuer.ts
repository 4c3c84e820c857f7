import { isTrustworthy } from '../../src/http/trustworthy-url.ts'

/**
 * Refuses what cannot be the `ISSUER` of a Janus. Tokens carry it byte for byte, so with a slash more none would be accepted; and over
 * `http:` whoever is on the way could hand out keys of their own.
 *
 * @param caller What was called with it.
 * @throws {TypeError} That says what to write.
 */
export function requireIssuer(issuer: string, caller: string): void {
  const url = URL.canParse(issuer) ? new URL(issuer) : null
  if (url === null || !isTrustworthy(url)) {
    throw new TypeError(`${caller}: issuer must be an https:// URL (http:// only for localhost).`)
  }
  const plain = `${url.origin}${url.pathname === '/' ? '' : url.pathname}`
  if (plain === issuer && !issuer.endsWith('/')) return
  throw new TypeError(
    `${caller}: issuer must be the ISSUER of Janus, byte for byte: lower-case host, no slash at its end, no query. Here: ${plain.replace(/\/+$/, '')}`,
  )
}
