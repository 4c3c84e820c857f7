// Imported by the command `janus clients` as well, so it imports nothing.

/** Bounds a redirect URI, in characters. */
const REDIRECT_URI_MAX_LENGTH = 512

/** Schemes that a browser runs, reads or answers itself, or that carry no answer to an app. */
const REFUSED_SCHEMES: ReadonlySet<string> = new Set(
  'about blob data file filesystem ftp intent javascript mailto sms tel vbscript view-source ws wss'.split(
    ' ',
  ),
)

/** This machine (RFC 8252 §7.3). Apps write `localhost`, too, although §8.3 advises against it. */
const LOOPBACK = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost))(?::([1-9]\d{0,4}))?(\/.*)?$/s

/**
 * Returns why a redirect URI cannot be registered, as half a sentence, or `null`. There is one spelling: the one into which a browser would
 * turn every other.
 */
export function checkRedirectUri(text: string): string | null {
  if (text.length > REDIRECT_URI_MAX_LENGTH) return `is longer than ${REDIRECT_URI_MAX_LENGTH} characters`
  // guard: a redirect URI has no wildcard, no fragment and nothing that two parsers read differently
  if (!/^[\x21-\x7e]+$/.test(text) || /[\\*#]/.test(text))
    return 'must be ASCII without spaces, backslash, "*" and "#"'
  const url = URL.parse(text)
  if (url === null) return 'must be an absolute URL'
  const scheme = url.protocol.slice(0, -1)
  // guard: what a browser would run is no redirect URI
  if (REFUSED_SCHEMES.has(scheme)) return `must not have the scheme ${scheme}`
  // guard: a redirect URI names no user
  if (url.username !== '' || url.password !== '' || /^[a-z]+:\/\/[^/?]*@/i.test(text))
    return 'must not name a user'
  // guard: plain http leads to this machine alone
  if (scheme === 'http' && !LOOPBACK.test(text))
    return 'must begin with https:// (http:// only for 127.0.0.1, [::1] and localhost)'
  if (url.href !== text) return `must be written as browsers do: ${url.href}`
  return null
}

/**
 * Returns whether an answer may go to a redirect URI: it is a registered one byte for byte, but for the port of a registered one of this
 * machine, which an app is given when it starts (RFC 8252 §7.3, RFC 9700 §2.1).
 */
export function matchesRedirectUri(registered: string, presented: string): boolean {
  if (registered === presented) return true
  const [, origin, , rest] = LOOPBACK.exec(registered) ?? []
  const [, presentedOrigin, port, presentedRest] = LOOPBACK.exec(presented) ?? []
  // guard: only the port of this machine may differ
  return (
    origin !== undefined &&
    origin === presentedOrigin &&
    rest === presentedRest &&
    Number(port ?? 0) <= 65_535
  )
}

/** Returns whether nobody but the owner of a host is answered there: `https`, and no app on a device. */
export function isClaimedHost(redirectUri: string): boolean {
  return redirectUri.startsWith('https://')
}

/** Returns whether an answer is a page that a browser opens, and not an app that the system knows by its scheme. */
export function isWebPage(redirectUri: string): boolean {
  return /^https?:/.test(redirectUri)
}

/**
 * Returns the source for `form-action` of a page whose form ends at an app of its own scheme (CSP Level 3 §6.4.1), or `null`: no form ends
 * at a page elsewhere.
 */
export function formTarget(redirectUri: string): string | null {
  return isWebPage(redirectUri) ? null : new URL(redirectUri).protocol
}
