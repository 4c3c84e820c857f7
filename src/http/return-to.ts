/** Says where forms may lead: the settings that decide it. */
export interface ReturnSite {
  /** Scheme, host and port of Janus. */
  readonly origin: string
  /** The path of the issuer: `''` or `/auth`. */
  readonly basePath: string
  /** Says where the app is; `null` if that is not configured. */
  readonly appUrl: string | null
  readonly allowedOrigins: readonly string[]
}

/** Returns where people go who have not said where: the app, or the home page of Janus if `APP_URL` is not set. */
export function appHome({ appUrl, basePath }: Pick<ReturnSite, 'appUrl' | 'basePath'>): string {
  return appUrl ?? `${basePath}/`
}

/** Returns the origins to which a form may lead: Janus's own, the app's, and those of `ALLOWED_ORIGINS`. */
export function returnOrigins({ origin, appUrl, allowedOrigins }: ReturnSite): readonly string[] {
  return [...new Set([origin, ...(appUrl === null ? [] : [new URL(appUrl).origin]), ...allowedOrigins])]
}

/** Returns where a form may send its user afterwards: the target as {@link parseReturnTo} reads it, or `fallback`. */
export function safeReturnTo(target: string | undefined, site: ReturnSite, fallback: string): string {
  return parseReturnTo(target, site) ?? fallback
}

// guard: a form leads to known origins only
/**
 * Reads a target that a request names: a path on this origin, or an absolute URL that begins, byte for byte, with one of
 * {@link returnOrigins}. Returns `null` for everything else. What is not ASCII is percent-encoded, as a browser does.
 *
 * A URL of Janus's own becomes a path. No other spelling of an origin is read: no userinfo, no default port, no capital
 * letter, no trailing dot, no IDN, so there is nothing in which two parsers could differ (OWASP ASVS 5.0 §3.7.2).
 */
export function parseReturnTo(target: string | undefined, site: ReturnSite): string | null {
  if (target === undefined) return null
  const origin = returnOrigins(site).find(
    // guard: an origin ends where a path begins
    (each) => target.startsWith(each) && /^(?:[/?#]|$)/.test(target.slice(each.length)),
  )
  const rest = origin === undefined ? target : target.slice(origin.length)
  const path = parsePath(origin === undefined || rest.startsWith('/') ? rest : `/${rest}`)
  if (path === null) return null
  return origin === undefined || origin === site.origin ? path : `${origin}${path}`
}

/** One slash, then ASCII that can be seen, but no backslash; beyond ASCII nothing that is a space, a control or a format. */
const PATH = /^\/(?![/\\])(?:[\x21-\x5b\x5d-\x7e]|[^\p{ASCII}\p{C}\p{Z}])*$/u

/** Beyond ASCII a path has letters, marks and digits only, so nothing that looks like a slash or a dot. */
const PATH_BEYOND_ASCII = /^[\p{ASCII}\p{L}\p{M}\p{N}]*$/u

/** Nothing has this origin; only the path of what is resolved against it is used. */
const NOWHERE = 'https://nowhere.invalid'

/**
 * Parses a path. Nothing in it may be read by a browser or proxy as the start of another authority: no second slash, no backslash, no
 * dot segment, no encoded slash, and no character that becomes one of them by normalization. The URL parser has the last word.
 */
function parsePath(text: string): string | null {
  if (!PATH.test(text)) return null
  const [path = ''] = text.split(/[?#]/, 1)
  if (/\/\/|%2f|%5c|\/\.\.?([/;]|$)|%2e/i.test(path)) return null
  const added = path.normalize('NFKC').replace(/[^/\\.%:@;]/g, '').length
  // guard: no character of a path becomes a slash or a dot
  if (!PATH_BEYOND_ASCII.test(path) || added !== path.replace(/[^/\\.%:@;]/g, '').length) return null
  const url = new URL(text, NOWHERE)
  return url.origin === NOWHERE ? `${url.pathname}${url.search}${url.hash}` : null
}
