import { parseReadableType } from '../http/media-type'
import { Problem } from '../http/problem'

/** Methods that change nothing (RFC 9110 §9.2.1). */
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS']

/** Describes what is known of a request before anybody looks at its body: a `Request`, or what another Worker says of one. */
export interface AskedRequest {
  readonly method: string
  readonly headers: Headers
}

export interface CrossSiteRule {
  /** The origin of the issuer. */
  readonly origin: string
  readonly allowedOrigins: readonly string[]
}

/**
 * Refuses an unsafe request, or the handshake of a WebSocket, that a foreign page made a browser send. It is the rule of Go's
 * `net/http.CrossOriginProtection`: `Sec-Fetch-Site` decides, which no page can forge; where a browser is too old to
 * send it, `Origin` does; and what sends neither is no browser, so no one's cookies were borrowed.
 *
 * Not for requests whose credential is an `Authorization` header: no page can make a browser add one unasked.
 *
 * @throws {Problem} `cross-site-request`, naming the header seen, what is allowed, and the setting to change.
 */
export function refuseCrossSite({ origin, allowedOrigins }: CrossSiteRule, request: AskedRequest): void {
  // guard: the handshake of a WebSocket is no safe request
  // guard: cross-site requests are refused
  if (SAFE_METHODS.includes(request.method) && !isWebSocket(request)) return
  const from = request.headers.get('Origin')
  if (from !== null && allowedOrigins.includes(from)) return

  const site = request.headers.get('Sec-Fetch-Site')
  if (site === 'same-origin' || site === 'none') return
  if (site === null && (from === null || from === origin)) return
  if (site === null && from === 'null' && isFormOfNoBrowser(request)) return

  const seen =
    site === null ? 'the Origin header names another origin' : `Sec-Fetch-Site is ${describeSite(site)}`
  const allowed = [origin, ...allowedOrigins].join(', ')
  throw new Problem('cross-site-request', {
    detail: `Rejected because ${seen}. Allowed origins: ${allowed}. To allow another origin, list it in ALLOWED_ORIGINS.`,
  })
}

/**
 * Returns whether a form with `Origin: null` comes from a program, such as curl. A sandboxed frame of any site sends that origin, too, so one that
 * has a cookie or is of a browser is refused: every browser begins its `User-Agent` with `Mozilla/`, and no page can change that of a form.
 * Janus's own pages let browsers send their real origin (pages/page-context.ts), so they need none of this.
 */
function isFormOfNoBrowser({ headers }: AskedRequest): boolean {
  const isBrowser = headers.has('Cookie') || /^Mozilla\//i.test(headers.get('User-Agent') ?? '')
  // guard: a form without an origin passes only if no browser sent it
  return !isBrowser && parseReadableType(headers.get('Content-Type') ?? '') === 'form'
}

/** Returns `true` for a handshake: a GET that changes nothing, but whose socket may, and CORS does not apply to it (RFC 6455 §10.2). */
function isWebSocket({ headers }: AskedRequest): boolean {
  return headers.get('Upgrade')?.toLowerCase() === 'websocket'
}

/** Returns what a client sent only if it is one of the words there are. */
function describeSite(site: string): string {
  return site === 'same-site' || site === 'cross-site' ? site : 'not a known value'
}
